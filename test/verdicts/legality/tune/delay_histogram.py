import math

BINS = 40


def histogram(delays):
    bins = [0] * BINS
    for delay in delays:
        k = int(math.log1p(delay) * 6)
        if k >= BINS:
            k = BINS - 1
        bins[k] += 1
    return bins


delays = [(i * 2654435761 % 100_000) / 137 for i in range(6_001)] * 1200
print(histogram(delays))
