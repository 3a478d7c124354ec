"""Reading-ease figures of several chapters."""
from concurrent.futures import ThreadPoolExecutor, as_completed


class Chapter:
    def __init__(self, number, words):
        stems = ['mountain', 'a', 'valley', 'over', 'remember', 'slow', 'evening', 'it']
        self.number = number
        self.words = [stems[(number + place * place) % 8] for place in range(words)]

    def syllables(self):
        total = 0
        for word in self.words:
            inside = False
            for letter in word:
                vowel = letter == 'a' or letter == 'e' or letter == 'i' or letter == 'o' or letter == 'u'
                if vowel and not inside:
                    total += 1
                inside = vowel
        return self.number, total


def main(workers=3):
    chapters = [Chapter(number, 170_000) for number in range(16)]
    found = {}
    with ThreadPoolExecutor(max_workers=workers) as pool:
        for future in as_completed([pool.submit(chapter.syllables) for chapter in chapters]):
            number, total = future.result()
            found[number] = total
    print([found[number] for number in range(0, 16, 5)])


if __name__ == '__main__':
    main()
