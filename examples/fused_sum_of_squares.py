"""Squared distances from the mean, added up one number at a time over an array: one fused pass is all it needs."""

import numpy as np

SIZE = 15_000_000


def sum_of_squares(values, centre):
    total = 0.0
    for value in values:
        offset = value - centre
        total += offset * offset
    return total


def main():
    values = np.random.default_rng(5).normal(10.0, 2.0, SIZE)
    spread = sum_of_squares(values, values.mean())
    print(f"variance {spread / SIZE:.6f} of {SIZE} values")


if __name__ == "__main__":
    main()
