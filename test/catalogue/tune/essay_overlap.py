"""Compares every pair of essays and lists the suspicious ones."""
import difflib

WORDS = "the a river stone of light quiet morning walks under blue and heavy bridges toward old town".split()


def essay(number, length=420):
    seed = number * 7919 + 1
    words = []
    for _ in range(length):
        seed = (seed * 16807) % 2147483647
        words.append(WORDS[seed // 64 % len(WORDS)])
    return words


def similarity(left, right):
    return difflib.SequenceMatcher(None, left, right, autojunk=False).ratio()


def main():
    essays = [essay(n) for n in range(36)]
    found = []
    for i in range(len(essays)):
        for j in range(i + 1, len(essays)):
            score = similarity(essays[i], essays[j])
            if score > 0.19:
                found.append((i, j, round(score, 6)))
    print(len(found), found[:3], sum(score for _, _, score in found))


if __name__ == "__main__":
    main()
