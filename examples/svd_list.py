"""Singular values of a list of matrices: the work is done in BLAS, on all cores, before anybody makes it parallel."""

import numpy as np

COUNT = 140
SIDE = 420


def main():
    rng = np.random.default_rng(11)
    matrices = [rng.normal(size=(SIDE, SIDE)) for _ in range(COUNT)]
    largest = []
    for matrix in matrices:
        largest.append(float(np.linalg.svd(matrix, compute_uv=False)[0]))
    print(f"{len(largest)} matrices, largest singular value {max(largest):.6f}")


if __name__ == "__main__":
    main()
