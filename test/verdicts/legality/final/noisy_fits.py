import numpy as np


def fit(seed, x):
    noise = np.random.default_rng([42, seed]).normal(scale=0.3, size=x.size)
    design = np.vstack([x, np.ones_like(x)]).T
    solution = np.linalg.lstsq(design, 2.5 * x - 1 + noise, rcond=None)[0]
    return float(solution[0])


x = np.linspace(0, 4, 200)
slopes = []
for seed in range(13_000):
    slopes.append(fit(seed, x))
print(slopes[0], slopes[-1], np.mean(slopes))
