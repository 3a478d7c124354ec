"""Running sums of an array that is larger than any cache, centred and scaled again and again."""
import numpy as np

values = np.arange(5_000_000) % 1013 - 500.0
peaks = []
for turn in range(80):
    np.cumsum(values, out=values)
    values -= values.mean()
    peak = max(values.max(), -values.min())
    values /= peak
    peaks.append(float(peak))
print("%.8g %.8g %.8g" % (sum(peaks), values[0], values[1234567]))
