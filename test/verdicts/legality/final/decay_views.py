import numpy as np

n = 1_900_000
buffer = np.arange(n, dtype=np.float64) % 97
now = buffer[1:]
before = buffer[:-1]
for k in range(n - 1):
    now[k] = 0.75 * before[k] + 0.25 * now[k]
print(buffer[:5], buffer[-3:], float(buffer.sum()))
