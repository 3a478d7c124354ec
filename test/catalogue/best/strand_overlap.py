"""Length of the longest common subsequence of two strands."""
import numba
import numpy as np


def strand(length, seed):
    letters = []
    for _ in range(length):
        seed = (seed * 69069 + 1) % 4294967296
        letters.append("ACGT"[seed >> 30])
    return "".join(letters)


@numba.njit(cache=True)
def fill(a, b):
    above = np.zeros(len(b) + 1, np.int64)
    row = np.zeros(len(b) + 1, np.int64)
    for i in range(len(a)):
        for j in range(len(b)):
            if a[i] == b[j]:
                row[j + 1] = above[j] + 1
            else:
                row[j + 1] = max(above[j + 1], row[j])
        above, row = row, above
    return above[len(b)]


def common_length(a, b):
    codes = [np.frombuffer(text.encode("utf-32-le"), np.uint32) for text in (a, b)]
    return int(fill(*codes))


print(common_length(strand(3400, 1), strand(3700, 2)))
