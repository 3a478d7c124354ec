"""Builds a terrain: raises hills in Python, smooths them with NumPy, and lets the old tool check each sheet."""
import subprocess

import numpy as np

SIDE = 320


def hills(sheet):
    rows = []
    for y in range(SIDE):
        row = []
        for x in range(SIDE):
            row.append((x * y + sheet * 31) % 47 + (x - y) % 13 + (x ^ y) % 5)
        rows.append(row)
    return np.array(rows, dtype=np.float64)


def smooth(grid):
    spectrum = np.fft.rfft2(grid)
    for turn in range(7):
        spectrum = np.fft.rfft2(np.fft.irfft2(spectrum * 0.5, s=grid.shape))
    return spectrum.real[:20, :20].sum()


def checked(sheet, pause):
    return subprocess.run(['sh', '-c', f'sleep {pause}; exit $(({sheet} % 2))']).returncode


def main():
    total, odd = 0.0, 0
    for sheet in range(22):
        total += smooth(hills(sheet))
        odd += checked(sheet, 0.01)
    print(round(float(total), 3), odd)


main()
