"""Sieve of Eratosthenes, and the gaps between primes."""
LIMIT = 20000000


def primes_below(limit):
    flags = [True] * limit
    flags[0] = flags[1] = False
    i = 2
    while i * i < limit:
        if flags[i]:
            for multiple in range(i * i, limit, i):
                flags[multiple] = False
        i += 1
    return [n for n in range(limit) if flags[n]]


primes = primes_below(LIMIT)
gap = max(b - a for a, b in zip(primes, primes[1:]))
print(len(primes), primes[-1], gap, sum(primes))
