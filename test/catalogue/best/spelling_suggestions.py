"""Finds the dictionary word that is nearest to a misspelt one (Levenshtein)."""
import numba
import numpy as np


@numba.njit(cache=True)
def distance_of_codes(a, b):
    previous = np.arange(len(b) + 1)
    current = np.empty(len(b) + 1, np.int64)
    for i in range(len(a)):
        current[0] = i + 1
        for j in range(len(b)):
            current[j + 1] = min(previous[j + 1] + 1, current[j] + 1, previous[j] + (a[i] != b[j]))
        previous, current = current, previous
    return previous[-1]


def edit_distance(a, b):
    return distance_of_codes(np.frombuffer(a.encode("utf-32-le"), np.uint32), np.frombuffer(b.encode("utf-32-le"), np.uint32))


def word(seed, length):
    out = []
    for _ in range(length):
        seed = (seed * 16807 + 7) % 2147483647
        out.append("etaoinshrdlu"[seed % 12])
    return "".join(out)


dictionary = [word(i + 1, 30 + i % 9) for i in range(300)]
for typo in [word(77777 + i, 32) for i in range(32)]:
    distances = [edit_distance(typo, candidate) for candidate in dictionary]
    best = min(distances)
    print(typo[:12], best, dictionary[distances.index(best)][:12])
