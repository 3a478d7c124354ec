"""A table of series, summed exactly and rounded at the end."""
import argparse
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from fractions import Fraction


def partial_sum(power, terms):
    total = Fraction(0)
    for k in range(1, terms):
        total += Fraction((-1) ** k, k**power)
    return total


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--terms", type=int, default=9500)
    args = parser.parse_args()
    powers = range(2, 8)
    with ProcessPoolExecutor() as pool:
        table = dict(zip(powers, pool.map(partial(partial_sum, terms=args.terms), powers)))
    for power, total in table.items():
        print(power, "%.12g" % float(total), total.denominator % 1000003)


if __name__ == "__main__":
    main()
