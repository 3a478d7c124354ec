"""Builds a heat map of where people stood, from a stream of positions."""
import numpy as np


def positions(count):
    i = np.arange(count)
    return (i * 37 + i // 101) % 640 / 6.4, (i * 91 + i // 57) % 480 / 4.8


def heatmap(xs, ys, columns, rows):
    grid = np.zeros((rows, columns), dtype=np.int64)
    column = np.minimum((xs * columns / 100).astype(np.int64), columns - 1)
    row = np.minimum((ys * rows / 100).astype(np.int64), rows - 1)
    return np.bincount(row * columns + column, minlength=rows * columns).reshape(rows, columns)


if __name__ == "__main__":
    grid = heatmap(*positions(3000000), 64, 48)
    print(grid.sum(), grid.max(), grid.min(), grid[5, 7], (grid * np.arange(64)).sum())
