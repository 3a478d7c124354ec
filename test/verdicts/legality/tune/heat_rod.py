import numpy as np

CELLS = 4_000
u = np.zeros(CELLS)
u[CELLS // 3:CELLS // 2] = 100.0
for step in range(80_000):
    u[1:-1] += 0.24 * (u[2:] - 2 * u[1:-1] + u[:-2])
    u[0] = 5 * (step % 2)
print(u[CELLS // 3 - 3:CELLS // 3 + 3], float(u.sum()))
