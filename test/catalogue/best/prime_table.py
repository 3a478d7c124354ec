"""Sieve of Eratosthenes, and the gaps between primes."""
import numpy as np

LIMIT = 20000000


def primes_below(limit):
    flags = np.ones(limit, bool)
    flags[:2] = False
    i = 2
    while i * i < limit:
        if flags[i]:
            flags[i * i :: i] = False
        i += 1
    return np.flatnonzero(flags)


primes = primes_below(LIMIT)
print(len(primes), primes[-1], np.diff(primes).max(), primes.sum())
