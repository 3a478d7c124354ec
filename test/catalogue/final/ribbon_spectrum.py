"""Largest singular value of an infinite matrix, cut off (spectral norm)."""
import math


def entry(i, j):
    return 1.0 / ((i + j) * (i + j + 1) // 2 + i + 1)


def times(vector):
    return [sum(entry(i, j) * vector[j] for j in range(len(vector))) for i in range(len(vector))]


def times_transposed(vector):
    return [sum(entry(j, i) * vector[j] for j in range(len(vector))) for i in range(len(vector))]


def main(n=620, rounds=10):
    u = [1.0] * n
    for _ in range(rounds):
        v = times_transposed(times(u))
        u = times_transposed(times(v))
    vbv = sum(a * b for a, b in zip(u, v))
    vv = sum(b * b for b in v)
    print("%.9f" % math.sqrt(vbv / vv))


main()
