"""Counts the primes up to a limit by plain trial division: coarse, independent work that no library does."""

LIMIT = 35_500


def is_prime(n):
    if n < 2:
        return False
    for divisor in range(2, n):
        if n % divisor == 0:
            return False
    return True


def main():
    primes = []
    for n in range(LIMIT):
        if is_prime(n):
            primes.append(n)
    print(f"{len(primes)} primes below {LIMIT}, the largest is {primes[-1]}")


if __name__ == "__main__":
    main()
