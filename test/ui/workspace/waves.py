"""Adds up the power of a long wave, sample by sample."""
import numpy as np

rng = np.random.default_rng(3)
samples = rng.normal(0.0, 1.0, 2_500_000)

power = []
for sample in samples:
    power.append(sample * sample * 0.5 + 0.25 * sample)
print("power", round(float(np.sum(power)), 3))
