import numpy as np

rng = np.random.default_rng(5)
WALKS = 68_000
ends = np.zeros(WALKS)
for w in range(WALKS):
    steps = rng.integers(0, 2, 60 + w % 40) * 2 - 1
    ends[w] = steps.cumsum()[-1]
print(ends[:5], ends[-5:], float(np.abs(ends).mean()))
