"""Counts the primes up to a limit by trial division: coarse, independent work without a library that does it."""

LIMIT = 1_400_000


def is_prime(n):
    if n < 2:
        return False
    if n % 2 == 0:
        return n == 2
    divisor = 3
    while divisor * divisor <= n:
        if n % divisor == 0:
            return False
        divisor += 2
    return True


def main():
    primes = []
    for n in range(LIMIT):
        if is_prime(n):
            primes.append(n)
    print(f"{len(primes)} primes below {LIMIT}, the largest is {primes[-1]}")


if __name__ == "__main__":
    main()
