"""Largest singular value of an infinite matrix, cut off (spectral norm)."""
import math

import numpy as np


def main(n=620, rounds=10):
    i = np.arange(n)[:, None]
    j = np.arange(n)
    a = 1.0 / ((i + j) * (i + j + 1) // 2 + i + 1)
    u = np.ones(n)
    for _ in range(rounds):
        v = a.T @ (a @ u)
        u = a.T @ (a @ v)
    print("%.9f" % math.sqrt((u @ v) / (v @ v)))


main()
