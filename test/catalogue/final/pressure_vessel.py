"""Solves a Laplace problem by Jacobi steps until the change is small."""
import math


def solve(size, tolerance, limit):
    field = [[0.0 for _ in range(size)] for _ in range(size)]
    for k in range(size):
        field[k][0] = math.sin(3.0 * k / size)
        field[0][k] = 1.0 - k / size
    for sweep in range(1, limit + 1):
        new = [row[:] for row in field]
        change = 0.0
        for y in range(1, size - 1):
            for x in range(1, size - 1):
                new[y][x] = 0.25 * (field[y - 1][x] + field[y + 1][x] + field[y][x - 1] + field[y][x + 1])
                change = max(change, abs(new[y][x] - field[y][x]))
        field = new
        if change < tolerance:
            break
    return field, sweep, change


if __name__ == "__main__":
    field, sweeps, change = solve(90, 2e-4, 2000)
    print(sweeps, "%.10g" % change, "%.10g" % field[45][45], "%.10g" % sum(map(sum, field)))
