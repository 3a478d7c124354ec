"""Moving average and energy of a seismic trace."""
import math

SAMPLES = 900000
WINDOW = 60


def trace(samples):
    return [math.sin(i * 0.013) * 4.0 + math.cos(i * 0.0071) + (i % 17) * 0.05 for i in range(samples)]


def moving_average(signal, window):
    averages = []
    for start in range(len(signal) - window + 1):
        total = 0.0
        for offset in range(window):
            total += signal[start + offset]
        averages.append(total / window)
    return averages


signal = trace(SAMPLES)
smooth = moving_average(signal, WINDOW)
energy = sum(value * value for value in smooth)
print(len(smooth), "%.10g" % energy, "%.10g" % max(smooth), "%.10g" % min(smooth))
