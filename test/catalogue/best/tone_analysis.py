"""Spectrum of a chord by a hand-written fast Fourier transform."""
import math

import numpy as np


def fft(samples):
    return np.fft.fft(samples).tolist()


def chord(n):
    return [complex(math.sin(i * 0.0321) + 0.5 * math.sin(i * 0.1234) + 0.3 * (i % 3 == 0)) for i in range(n)]


spectrum = fft(chord(1 << 19))
power = [abs(value) for value in spectrum]
loudest = max(range(len(power) // 2), key=power.__getitem__)
print(loudest, "%.9g" % power[loudest], "%.9g" % sum(power), "%.9g" % power[12345])
