"""Adds and scales arrays that are larger than any cache."""
import numpy as np

blocks = [np.full(4_000_000, float(n)) for n in range(6)]
total = np.zeros(4_000_000)
for turn in range(60):
    for block in blocks:
        total += block
    total *= 0.5
print("%.10g %.10g %.10g" % (total.sum(), total[0], total[-1]))
