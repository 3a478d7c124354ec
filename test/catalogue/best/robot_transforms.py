"""Multiplies two matrices given as lists of lists."""
import numpy as np


def matrix(rows, columns, seed):
    return [[((i * 31 + j * 17 + seed) % 19) / 7.0 - 1.0 for j in range(columns)] for i in range(rows)]


def multiply(a, b):
    return (np.array(a) @ np.array(b)).tolist()


c = multiply(matrix(320, 330, 1), matrix(330, 310, 5))
trace = sum(c[i][i] for i in range(310))
print("%.10g %.10g %.10g" % (trace, c[5][7], sum(x * x for row in c for x in row)))
