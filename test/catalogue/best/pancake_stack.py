"""Most flips needed to sort a stack of pancakes by its top (fannkuch)."""
import numba
import numpy as np


@numba.njit(cache=True)
def fannkuch(n, limit):
    perm1 = np.arange(n)
    count = np.zeros(n, np.int64)
    max_flips = checksum = number = 0
    r = n
    while True:
        while r != 1:
            count[r - 1] = r
            r -= 1
        if perm1[0] != 0:
            perm = perm1.copy()
            flips = 0
            k = perm[0]
            while k:
                i, j = 0, k
                while i < j:
                    perm[i], perm[j] = perm[j], perm[i]
                    i += 1
                    j -= 1
                flips += 1
                k = perm[0]
            if flips > max_flips:
                max_flips = flips
            checksum += -flips if number % 2 else flips
        while True:
            if r == n:
                return checksum, max_flips
            first = perm1[0]
            for i in range(r):
                perm1[i] = perm1[i + 1]
            perm1[r] = first
            count[r] -= 1
            if count[r] > 0:
                break
            r += 1
        number += 1
        if number == limit:
            return checksum, max_flips


for size in (7, 8, 9, 10):
    print(size, *fannkuch(size, 1200000))
