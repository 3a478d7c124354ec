"""The best way to cut a steel rod, and what it earns."""
from functools import cache


def price(length):
    return length * 9 + (length * length * 7) % 13


@cache
def best_cut(length):
    """(income, pieces) of the best cut."""
    if length == 0:
        return 0, 0
    best = (-1, 0)
    for first in range(1, length + 1):
        income, pieces = best_cut(length - first)
        best = max(best, (income + price(first), pieces + 1))
    return best


if __name__ == "__main__":
    for length in (5, 10, 15, 23):
        print(length, *best_cut(length))
