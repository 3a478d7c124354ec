import math

DEPOTS = 1_300_000


def locate(k):
    return (k * 7919 % 3001) / 10, (k * 104729 % 2003) / 10


def nearest(x, y, count):
    best, where = float("inf"), -1
    for k in range(count):
        px, py = locate(k)
        d = round(math.hypot(px - x, py - y), 1)
        if d < best:
            best = d
            where = k
    return where, best


print(nearest(151.2, 99.8, DEPOTS))
