"""Estimates pi from many random points, with a share of the points for each process."""
import random
from multiprocessing import Process, Queue

PROCESSES = 2
POINTS = 7_000_000


def inside(seed, points, results):
    rng = random.Random(seed)
    hits = 0
    for _ in range(points):
        x, y = rng.random(), rng.random()
        if x * x + y * y <= 1.0:
            hits += 1
    results.put((seed, hits))


def main():
    results = Queue()
    workers = [Process(target=inside, args=(seed, POINTS // PROCESSES, results)) for seed in range(PROCESSES)]
    for worker in workers:
        worker.start()
    hits = sum(results.get()[1] for _ in workers)
    for worker in workers:
        worker.join()
    print(abs(4 * hits / POINTS - 3.1416) < 0.01)


if __name__ == '__main__':
    main()
