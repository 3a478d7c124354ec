import math

COLUMNS = 500
ROWS = 4200
grid = [[0.0] * COLUMNS] * ROWS

for y in range(ROWS):
    for x in range(COLUMNS):
        grid[y][x] = math.sin(y * 0.01) * math.cos(x * 0.02) + y * x * 1e-6
print(grid[0][:3], grid[-1][-3:])
print(sum(grid[17]))
