"""Suggests the nearest dictionary word for misspelt ones."""
import argparse


def distance(left, right):
    before = list(range(len(right) + 1))
    for row, a in enumerate(left, 1):
        now = [row]
        for column, b in enumerate(right, 1):
            cost = before[column - 1] + (a != b)
            above = before[column] + 1
            beside = now[column - 1] + 1
            if above < cost:
                cost = above
            if beside < cost:
                cost = beside
            now.append(cost)
        before = now
    return before[-1]


def dictionary(size):
    syllables = ['ka', 'ro', 'mi', 'ten', 'sul', 'ver', 'po', 'lan', 'dis', 'qu']
    words = []
    for number in range(size):
        words.append(syllables[number % 10] + syllables[number // 10 % 10] + syllables[number * 7 % 10] + syllables[number // 100 % 10])
    return words


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--words', type=int, default=700)
    parser.add_argument('--queries', type=int, default=80)
    options = parser.parse_args()
    words = dictionary(options.words)
    for number in range(options.queries):
        wrong = words[number * 37 % len(words)][1:] + 'xa'
        found = min((distance(wrong, word), word) for word in words)
        if number % 20 == 0:
            print(wrong, '->', found)


if __name__ == '__main__':
    main()
