"""Cheapest order to multiply a chain of matrices."""


def cheapest(sizes):
    n = len(sizes) - 1
    cost = [[0] * n for _ in range(n)]
    for length in range(2, n + 1):
        for first in range(n - length + 1):
            last = first + length - 1
            best = None
            for cut in range(first, last):
                candidate = cost[first][cut] + cost[cut + 1][last] + sizes[first] * sizes[cut + 1] * sizes[last + 1]
                if best is None or candidate < best:
                    best = candidate
            cost[first][last] = best
    return cost[0][n - 1]


print(cheapest([5 + (i * 37) % 91 for i in range(430)]))
