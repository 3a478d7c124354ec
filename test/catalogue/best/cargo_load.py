"""Most valuable load of a ship (0/1 knapsack)."""
import numpy as np


def cargo(count):
    return [(5 + (i * 37) % 113, 10 + (i * 53) % 211) for i in range(count)]


def best_value(items, capacity):
    best = np.zeros(capacity + 1, np.int64)
    for weight, value in items:
        best[weight:] = np.maximum(best[weight:], best[:-weight] + value)
    return int(best[capacity])


if __name__ == "__main__":
    print(best_value(cargo(1600), 28000))
