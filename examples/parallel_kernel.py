"""How long each point of a grid takes to escape, row by row: independent rows of plain arithmetic, for a compiled kernel on all cores."""

import numpy as np

WIDTH = 760
HEIGHT = 480
LIMIT = 260


def escape_counts(width, height, limit):
    counts = np.zeros((height, width), dtype=np.int64)
    for row in range(height):
        imaginary = -1.2 + 2.4 * row / height
        for column in range(width):
            real = -2.2 + 3.2 * column / width
            a = 0.0
            b = 0.0
            steps = 0
            while steps < limit and a * a + b * b <= 4.0:
                a, b = a * a - b * b + real, 2.0 * a * b + imaginary
                steps += 1
            counts[row, column] = steps
    return counts


def main():
    counts = escape_counts(WIDTH, HEIGHT, LIMIT)
    print(f"{counts.size} points took {counts.sum()} steps, {np.count_nonzero(counts == LIMIT)} never escaped")


if __name__ == "__main__":
    main()
