"""Risk of a portfolio by blocks of array operations."""
import numpy as np


def returns(days, assets, seed):
    rng = np.random.default_rng(seed)
    return rng.standard_normal((days, assets)) * 0.01


def risk(days, assets, blocks):
    total = np.zeros(assets)
    for block in range(blocks):
        data = returns(days, assets, block)
        data -= data.mean(axis=0)
        total += np.sqrt((data * data).mean(axis=0))
        total += np.linalg.eigvalsh(data.T @ data)
    return total / blocks


result = risk(4000, 200, 22)
print("%.9g %.9g %.9g" % (result.sum(), result.max(), result.min()))
