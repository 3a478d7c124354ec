"""Asks an outside tool for the length of each recording."""
import os


def probe(number, pause):
    with os.popen(f'sleep {pause}; echo $(({number} * 7 % 50))') as tool:
        return int(tool.read())


class Library:
    def __init__(self, count):
        self.recordings = list(range(count))

    def minutes(self, pause=0.05):
        return {number: probe(number, pause) for number in self.recordings}


lengths = Library(28).minutes()
print(sum(lengths.values()), max(lengths, key=lengths.get))
