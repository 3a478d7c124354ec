"""Sorts the bands of a picture from a telescope with threads."""
import threading

import numpy as np


class Sorter:
    def __init__(self, bands, workers):
        self.bands = bands
        self.workers = workers
        self.medians = [0.0] * len(bands)

    def work(self, part):
        for place in range(part, len(self.bands), self.workers):
            for turn in range(6):
                ordered = np.sort(self.bands[place])
            self.medians[place] = float(ordered[len(ordered) // 2])

    def run(self):
        threads = [threading.Thread(target=self.work, args=(part,)) for part in range(self.workers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return self.medians


def main(workers=2):
    rng = np.random.default_rng(4)
    bands = [np.sin(rng.integers(1, 999) * np.arange(90_000)) for _ in range(40)]
    print(round(sum(Sorter(bands, workers).run()), 9))


main()
