def is_prime(n):
    if n < 4:
        return n > 1
    if n % 2 == 0:
        return False
    d = 3
    while d * d <= n:
        if n % d == 0:
            return False
        d += 2
    return True


def splits(n):
    return any(is_prime(p) and is_prime(n - p) for p in range(2, n // 2 + 1))


LIMIT = 140_000
holds = all(splits(n) for n in range(4, LIMIT, 2))
print("holds below", LIMIT, holds)
