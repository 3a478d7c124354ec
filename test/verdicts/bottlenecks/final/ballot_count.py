"""Counts ranked ballots, district by district, with a few counters at work."""
import argparse
import threading


class Counter(threading.Thread):
    lock = threading.Lock()

    def __init__(self, districts, tally):
        super().__init__()
        self.districts = districts
        self.tally = tally

    def count(self, district):
        points = [0] * 7
        for ballot in range(9000):
            choice = ballot * district + ballot * ballot
            for rank in range(5):
                points[(choice + rank * 3) % 7] += 5 - rank
        return points

    def run(self):
        for district in self.districts:
            points = self.count(district)
            with self.lock:
                for place, value in enumerate(points):
                    self.tally[place] += value


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--counters', type=int, default=3)
    options = parser.parse_args()
    tally = [0] * 7
    counters = [Counter(range(start, 150, options.counters), tally) for start in range(options.counters)]
    for counter in counters:
        counter.start()
    for counter in counters:
        counter.join()
    print(tally)


main()
