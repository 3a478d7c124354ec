"""The loudest frequencies in a long recording, window by window."""
import numpy as np


def recording(seconds, rate):
    time = np.arange(seconds * rate) / rate
    return np.sin(2 * np.pi * 440 * time) + 0.4 * np.sin(2 * np.pi * 913 * time + 1) + 0.1 * np.cos(time * time)


def loudest(window, rate):
    power = np.abs(np.fft.rfft(window))
    return int(power.argmax() * rate / len(window))


def main():
    rate = 16_381
    sound = recording(8, rate)
    counts = {}
    for start in range(0, len(sound) - rate, 150):
        pitch = loudest(sound[start : start + rate], rate)
        counts[pitch] = counts.get(pitch, 0) + 1
    print(sorted(counts.items())[:5])


main()
