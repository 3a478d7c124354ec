"""A table of series, summed exactly and rounded at the end."""
import argparse
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
    table = {power: partial_sum(power, args.terms) for power in range(2, 8)}
    for power, total in table.items():
        print(power, "%.12g" % float(total), total.denominator % 1000003)


if __name__ == "__main__":
    main()
