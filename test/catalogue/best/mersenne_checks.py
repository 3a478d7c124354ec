"""Which Mersenne numbers are prime (Lucas-Lehmer)?"""
from concurrent.futures import ProcessPoolExecutor


def is_small_prime(n):
    return n > 1 and all(n % d for d in range(2, int(n**0.5) + 1))


def lucas_lehmer(p):
    m = (1 << p) - 1
    s = 4
    for _ in range(p - 2):
        s = s * s - 2
        s = (s & m) + (s >> p)
        if s >= m:
            s -= m
    return s == 0


if __name__ == "__main__":
    exponents = [p for p in range(3, 3600) if is_small_prime(p)]
    with ProcessPoolExecutor() as pool:
        # The largest numbers take longest: they go first, in small chunks.
        found = pool.map(lucas_lehmer, reversed(exponents), chunksize=4)
        primes = [p for p, prime in zip(reversed(exponents), found) if prime][::-1]
    print(len(exponents), primes)
