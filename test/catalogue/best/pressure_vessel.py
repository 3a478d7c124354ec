"""Solves a Laplace problem by Jacobi steps until the change is small."""
import numpy as np


def solve(size, tolerance, limit):
    field = np.zeros((size, size))
    k = np.arange(size)
    field[:, 0] = np.sin(3.0 * k / size)
    field[0, :] = 1.0 - k / size
    for sweep in range(1, limit + 1):
        new = field.copy()
        new[1:-1, 1:-1] = 0.25 * (field[:-2, 1:-1] + field[2:, 1:-1] + field[1:-1, :-2] + field[1:-1, 2:])
        change = np.abs(new - field).max()
        field = new
        if change < tolerance:
            break
    return field, sweep, change


if __name__ == "__main__":
    field, sweeps, change = solve(90, 2e-4, 2000)
    print(sweeps, "%.10g" % change, "%.10g" % field[45][45], "%.10g" % sum(map(sum, field)))
