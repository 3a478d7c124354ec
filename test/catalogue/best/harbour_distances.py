"""Closest and furthest pair among many harbours, on a flat map."""
import math

import numpy as np


def harbours(count):
    return [((i * 137.508) % 1000.0, (i * i * 0.7301) % 800.0) for i in range(count)]


def extremes(points):
    nearest = math.inf
    furthest = 0.0
    total = 0.0
    at = np.array(points)
    for i in range(len(at) - 1):
        dx = at[i, 0] - at[i + 1 :, 0]
        dy = at[i, 1] - at[i + 1 :, 1]
        distance = np.sqrt(dx * dx + dy * dy)
        nearest = min(nearest, float(distance.min()))
        furthest = max(furthest, float(distance.max()))
        total += float(distance.sum())
    return nearest, furthest, total


def main():
    nearest, furthest, total = extremes(harbours(6000))
    print(f"nearest {nearest:.10g} furthest {furthest:.10g} total {total:.10g}")


main()
