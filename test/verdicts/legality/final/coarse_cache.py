import math

cache = {}


def height(x, y):
    key = (round(x, 1), round(y, 1))
    if key not in cache:
        cache[key] = math.sin(x) * math.cos(y) + 0.1 * x
    return cache[key]


heights = []
for k in range(700_000):
    heights.append(height((k * 7919 % 10007) / 1000, (k * 104729 % 10009) / 1000))
print(heights[5], sum(heights))
