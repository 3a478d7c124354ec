"""Deepest fall of a river gauge from its highest level so far."""
import numpy as np


def levels(count):
    i = np.arange(count, dtype=np.int64)
    return 500 + np.cumsum((i * 7919 + i // 11) % 21 - 10)


def deepest_fall(series):
    highest = np.maximum.accumulate(series)
    fall = highest - series
    return int(fall.max()), int(np.count_nonzero(fall > 0)), int(highest[-1])


print(*deepest_fall(levels(12000000)))
