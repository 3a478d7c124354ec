"""Heat flow in a square plate with a hot edge, a fixed number of steps."""
import numpy as np

SIZE = 120
STEPS = 1000


def plate(size):
    grid = [[0.0] * size for _ in range(size)]
    for column in range(size):
        grid[0][column] = 100.0
        grid[size - 1][column] = 25.0
    return grid


def step(grid):
    new = grid.copy()
    here = grid[1:-1, 1:-1]
    new[1:-1, 1:-1] = here + 0.1 * (grid[:-2, 1:-1] + grid[2:, 1:-1] + grid[1:-1, :-2] + grid[1:-1, 2:] - 4 * here)
    return new


grid = np.array(plate(SIZE))
for _ in range(STEPS):
    grid = step(grid)
print("%.12g" % grid.sum(), "%.12g" % grid[SIZE // 2][SIZE // 2], "%.12g" % grid[3][7])
