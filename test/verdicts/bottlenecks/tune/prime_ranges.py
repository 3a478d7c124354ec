"""Counts primes in ranges, with one worker for each core."""
from multiprocessing import Pool

WORKERS = 2


def count(bounds):
    low, high = bounds
    found = 0
    for number in range(max(low, 3) | 1, high, 2):
        divisor = 3
        while divisor * divisor <= number and number % divisor:
            divisor += 2
        if divisor * divisor > number:
            found += 1
    return found


def main():
    step = 20_000
    ranges = [(low, low + step) for low in range(0, 960_000, step)]
    with Pool(WORKERS) as pool:
        print(1 + sum(pool.imap_unordered(count, ranges)))


if __name__ == '__main__':
    main()
