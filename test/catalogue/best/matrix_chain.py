"""Cheapest order to multiply a chain of matrices."""
import numba
import numpy as np


@numba.njit(cache=True)
def fill(sizes):
    n = len(sizes) - 1
    cost = np.zeros((n, n), np.int64)
    for length in range(2, n + 1):
        for first in range(n - length + 1):
            last = first + length - 1
            best = np.iinfo(np.int64).max
            for cut in range(first, last):
                candidate = cost[first, cut] + cost[cut + 1, last] + sizes[first] * sizes[cut + 1] * sizes[last + 1]
                if candidate < best:
                    best = candidate
            cost[first, last] = best
    return cost[0, n - 1]


def cheapest(sizes):
    return int(fill(np.array(sizes)))


print(cheapest([5 + (i * 37) % 91 for i in range(430)]))
