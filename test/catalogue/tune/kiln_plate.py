"""Heat flow in a square plate with a hot edge, a fixed number of steps."""
SIZE = 120
STEPS = 1000


def plate(size):
    grid = [[0.0] * size for _ in range(size)]
    for column in range(size):
        grid[0][column] = 100.0
        grid[size - 1][column] = 25.0
    return grid


def step(grid):
    size = len(grid)
    new = [row[:] for row in grid]
    for i in range(1, size - 1):
        for j in range(1, size - 1):
            new[i][j] = grid[i][j] + 0.1 * (
                grid[i - 1][j] + grid[i + 1][j] + grid[i][j - 1] + grid[i][j + 1] - 4 * grid[i][j]
            )
    return new


grid = plate(SIZE)
for _ in range(STEPS):
    grid = step(grid)
print("%.12g" % sum(sum(row) for row in grid), "%.12g" % grid[SIZE // 2][SIZE // 2], "%.12g" % grid[3][7])
