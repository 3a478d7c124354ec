"""Means of large grids, each worked out by a worker."""
from concurrent.futures import ProcessPoolExecutor

import numpy as np


def mean(grid):
    return float(grid[::50].mean())


def grids(count, side):
    for number in range(count):
        yield np.full((side, side), number, dtype=np.float64)


def main():
    base = list(grids(4, 1000))
    with ProcessPoolExecutor(2) as pool:
        means = []
        for turn in range(12):
            means.extend(pool.map(mean, base))
    print(sum(means))


if __name__ == '__main__':
    main()
