import math


def solve(seed):
    x = 1.0 + seed
    for _ in range(4_000):
        x = math.sqrt(x * x * 0.5 + seed) + 0.1
    return x


results = []
for seed in range(2000):
    results.append(solve(seed))
    if seed % 100 == 0:
        print(f"step {seed}: {results[-1]:.6f}")
print(sum(results))
