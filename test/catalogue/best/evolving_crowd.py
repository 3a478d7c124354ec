"""A population that evolves; every step draws from the same seeded stream."""
import random


def evolve(generations, size, seed):
    rng = random.Random(seed)
    crowd = {f"m{i}": rng.gauss(100, 15) for i in range(size)}
    born = size
    for _ in range(generations):
        names = list(crowd)
        a, b = rng.sample(names, 2)
        child = (crowd[a] + crowd[b]) / 2 + rng.gauss(0, 2)
        weakest = min(rng.sample(names, 12), key=crowd.__getitem__)
        del crowd[weakest]
        crowd[f"m{born}"] = child
        born += 1
    return crowd


crowd = evolve(200000, 300, 8)
print(len(crowd), "%.10g" % sum(crowd.values()), max(crowd, key=crowd.get))
