"""Powers of a large matrix with the linear algebra library."""
import numpy as np


def main():
    n = 1000
    i = np.arange(n)
    a = ((i[:, None] * 31 + i * 17) % 29 - 14) / 800.0
    b = a.copy()
    norms = []
    for _ in range(26):
        b = b @ a
        b /= np.abs(b).max()
        norms.append(float(np.linalg.norm(b)))
    print("%.9g %.9g" % (norms[0], norms[-1]), len(norms))


main()
