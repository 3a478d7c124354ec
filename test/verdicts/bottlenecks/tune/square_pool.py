"""Checks digits of many account numbers."""
from multiprocessing import Pool


def check_digit(number):
    return (number * 7 + number // 10 * 3) % 97


def main():
    numbers = range(100_000, 140_000)
    with Pool(2) as pool:
        digits = list(pool.imap(check_digit, numbers, chunksize=1))
    print(sum(digits))


if __name__ == '__main__':
    main()
