import math


def grow(rate, generations):
    size = 0.31
    for _ in range(generations):
        size = rate * size * (1 - size)
        size = size * 0.999 + 0.0005 * math.cos(size)
    return size


print(grow(3.2, 9_200_000))
print(grow(2.9, 50))
