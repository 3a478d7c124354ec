"""The lowest modes of vibration of many small beams."""
import argparse

import numpy as np


def stiffness(size, seed):
    rng = np.random.default_rng(seed)
    base = rng.random((size, size))
    return base @ base.T + np.eye(size) * size


def modes(matrix):
    return np.linalg.svd(matrix, compute_uv=False)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--beams', type=int, default=8000)
    options = parser.parse_args()
    beams = [stiffness(44, seed) for seed in range(20)]
    lowest = [float(modes(beams[number % 20] + number)[-1]) for number in range(options.beams)]
    print(round(min(lowest), 6), round(max(lowest), 6))


main()
