"""Fits a decay to each of many measured series, one after another: every fit is a few hundred small NumPy calls."""

import numpy as np

SERIES = 700
POINTS = 120
TIME = np.linspace(0.0, 4.0, POINTS)


def measure(number):
    rng = np.random.default_rng(number)
    return (1.0 + number % 7) * np.exp(-TIME * (0.4 + 0.01 * (number % 50))) + rng.normal(0.0, 0.01, POINTS)


def fit(series):
    """Height and rate of the decay by Gauss and Newton's steps."""
    height, rate = float(series[0]), 0.5
    for _ in range(200):
        shape = np.exp(-rate * TIME)
        residual = series - height * shape
        jacobian = np.column_stack((shape, -height * TIME * shape))
        step = np.linalg.solve(jacobian.T @ jacobian + 1e-9 * np.eye(2), jacobian.T @ residual)
        height += 0.2 * float(step[0])
        rate += 0.2 * float(step[1])
    return height, rate


def main():
    fits = []
    for number in range(SERIES):
        fits.append(fit(measure(number)))
    print(f"{len(fits)} fits, mean rate {sum(rate for _height, rate in fits) / len(fits):.5f}")


if __name__ == "__main__":
    main()
