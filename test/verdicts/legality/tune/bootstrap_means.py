import random

data = [((i * 7919) % 1000) / 10 for i in range(2_000)]
means = []
for trial in range(7000):
    rng = random.Random(1000 + trial)
    resample = rng.choices(data, k=len(data))
    means.append(sum(resample) / len(resample))
means_sorted = sorted(means)
print(means[0], means[-1])
print(means_sorted[len(means) // 40], means_sorted[-len(means) // 40])
