"""Spectrum of a chord by a hand-written fast Fourier transform."""
import cmath
import math


def fft(samples):
    n = len(samples)
    if n == 1:
        return samples
    even = fft(samples[0::2])
    odd = fft(samples[1::2])
    out = [0j] * n
    for k in range(n // 2):
        twist = cmath.exp(-2j * math.pi * k / n) * odd[k]
        out[k] = even[k] + twist
        out[k + n // 2] = even[k] - twist
    return out


def chord(n):
    return [complex(math.sin(i * 0.0321) + 0.5 * math.sin(i * 0.1234) + 0.3 * (i % 3 == 0)) for i in range(n)]


spectrum = fft(chord(1 << 19))
power = [abs(value) for value in spectrum]
loudest = max(range(len(power) // 2), key=power.__getitem__)
print(loudest, "%.9g" % power[loudest], "%.9g" % sum(power), "%.9g" % power[12345])
