"""Runs a sound through a bank of filters and prints the energy in each band."""
import numpy as np


class Band:
    def __init__(self, low, taps=901):
        place = np.arange(taps) - taps // 2
        self.low = low
        self.taps = np.sinc(place * low) * np.hamming(taps)

    def energy(self, sound):
        out = np.convolve(sound, self.taps, mode='valid')
        return float(out @ out)


rng = np.random.default_rng(3)
sound = rng.standard_normal(60_000)
bank = [Band(0.01 * number) for number in range(1, 41)]
for band in bank:
    print(f'{band.low:.2f} {band.energy(sound):12.2f}')
