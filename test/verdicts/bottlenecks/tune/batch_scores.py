"""Scores each batch of applications with two workers."""
import multiprocessing


def score(application):
    total = 0
    for place in range(60):
        total += (application * place) % 13
    return total


class Scorer:
    def __init__(self, workers):
        self.workers = workers

    def batch(self, applications):
        with multiprocessing.Pool(self.workers) as pool:
            return pool.map(score, applications)


if __name__ == '__main__':
    scorer = Scorer(2)
    best = [max(scorer.batch(range(start, start + 40))) for start in range(0, 5200, 40)]
    print(len(best), max(best))
