import math


def run(samples):
    total = 0.0
    level = 0.0
    for s in range(samples):
        level = math.sin(s * 0.001) * 5 + (s % 9) / 3
        total += level * level
    return total, level


total, level = run(6_700_000)
print(total, level)
