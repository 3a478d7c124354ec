"""Adds the weights of many customers, looked up in one large table."""
import numpy as np

CUSTOMERS = 24_000_000


def numbers(count, seed):
    state = np.arange(count, dtype=np.uint64) + np.uint64(seed)
    state *= np.uint64(11400714819323198485)
    state >>= np.uint64(20)
    return (state % np.uint64(CUSTOMERS)).astype(np.int64)


def total(weights, wanted):
    return float(weights[wanted].sum())


def main():
    weights = np.ones(CUSTOMERS)
    wanted = numbers(400_000, 5)
    grand = 0.0
    for turn in range(160):
        grand += total(weights, wanted)
    print(grand)


main()
