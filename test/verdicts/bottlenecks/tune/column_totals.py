"""Totals of each column of a wide table of measurements."""
import numpy as np


def table(rows, columns):
    return np.arange(rows * columns, dtype=np.float64).reshape(rows, columns) % 97


def totals(values):
    return [values[:, column].sum() for column in range(values.shape[1])]


def main():
    values = table(2048, 2048)
    grand = 0.0
    for day in range(60):
        grand += sum(totals(values)) + day
    print(grand)


if __name__ == '__main__':
    main()
