"""Moving average and energy of a seismic trace."""
import numpy as np

SAMPLES = 900000
WINDOW = 60


def trace(samples):
    i = np.arange(samples)
    return np.sin(i * 0.013) * 4.0 + np.cos(i * 0.0071) + (i % 17) * 0.05


def moving_average(signal, window):
    return np.lib.stride_tricks.sliding_window_view(signal, window).sum(axis=1) / window


signal = trace(SAMPLES)
smooth = moving_average(signal, WINDOW)
print(len(smooth), "%.10g" % float(smooth @ smooth), "%.10g" % smooth.max(), "%.10g" % smooth.min())
