"""Checks ledgers for errors, with one thread per ledger."""
from concurrent.futures import ProcessPoolExecutor
from decimal import Decimal
from fractions import Fraction


def check(number, lines):
    shares = Fraction(0)
    balance = Decimal(0)
    for line in range(1, lines):
        shares = (shares + Fraction(line * number % 97 + 1, line % 89 + 2)) % 7
        if shares.denominator > 10**6:
            shares = shares.limit_denominator(1000)
        balance += Decimal(line * number % 1009) / 100
    return shares, balance


def main():
    numbers = range(1, 9)
    with ProcessPoolExecutor() as pool:
        results = dict(zip(numbers, pool.map(check, numbers, [52000] * len(numbers))))
    report(results)


def report(results):
    for number in sorted(results):
        print(number, *results[number])


if __name__ == "__main__":
    main()
