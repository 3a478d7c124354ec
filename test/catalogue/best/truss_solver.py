"""Solves a dense linear system by LU decomposition without pivots."""
import numpy as np


def stiffness(n):
    a = [[((i * 13 + j * 7) % 11) / 10.0 for j in range(n)] for i in range(n)]
    for i in range(n):
        a[i][i] += n
    return a


n = 490
x = np.linalg.solve(np.array(stiffness(n)), np.array([float(i % 7) for i in range(n)])).tolist()
print("%.8g %.8g %.8g" % (x[1], x[n // 2], sum(abs(value) for value in x)))
