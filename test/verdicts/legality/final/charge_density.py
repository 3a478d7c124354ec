import numpy as np

rng = np.random.default_rng(8)
positions = 99 * rng.random(790_000)
charges = rng.integers(-3, 4, positions.size)
grid = np.zeros(100)

for k in range(len(positions)):
    cell = int(positions[k])
    share = positions[k] - cell
    grid[cell] += charges[k] * (1 - share)
    grid[cell + 1] += charges[k] * share
print(float(np.abs(grid).sum()))
