"""Builds a heat map of where people stood, from a stream of positions."""
import numpy as np


def positions(count):
    i = np.arange(count)
    return (i * 37 + i // 101) % 640 / 6.4, (i * 91 + i // 57) % 480 / 4.8


def heatmap(xs, ys, columns, rows):
    grid = np.zeros((rows, columns), dtype=np.int64)
    for x, y in zip(xs, ys):
        column = min(int(x * columns / 100), columns - 1)
        row = min(int(y * rows / 100), rows - 1)
        grid[row, column] += 1
    return grid


if __name__ == "__main__":
    grid = heatmap(*positions(3000000), 64, 48)
    print(grid.sum(), grid.max(), grid.min(), grid[5, 7], (grid * np.arange(64)).sum())
