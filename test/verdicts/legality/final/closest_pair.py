import math

points = [((i * 7919) % 10007 / 10, (i * 104729) % 10009 / 10) for i in range(3300)]
best = math.inf
for i, (x, y) in enumerate(points):
    for u, v in points[i + 1:]:
        d = (x - u) * (x - u) + (y - v) * (y - v)
        if d < best:
            best = d
print(math.sqrt(best))
