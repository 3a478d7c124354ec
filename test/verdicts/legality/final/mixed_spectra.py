import numpy as np

base = np.linspace(0, 1, 256)
levels = []
for k in range(240_000):
    row = base
    row *= 0.999
    row += (k % 13) * 0.01
    levels.append(float(row[k % 256] * row.sum()))
print(levels[0], levels[1000], levels[-1])
