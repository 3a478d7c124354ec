"""Which Mersenne numbers are prime (Lucas-Lehmer)?"""


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


exponents = [p for p in range(3, 3600) if is_small_prime(p)]
primes = []
for p in exponents:
    if lucas_lehmer(p):
        primes.append(p)
print(len(exponents), primes)
