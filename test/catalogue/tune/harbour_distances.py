"""Closest and furthest pair among many harbours, on a flat map."""
import math


def harbours(count):
    return [((i * 137.508) % 1000.0, (i * i * 0.7301) % 800.0) for i in range(count)]


def extremes(points):
    nearest = float("inf")
    furthest = 0.0
    total = 0.0
    for i in range(len(points)):
        for j in range(i + 1, len(points)):
            dx = points[i][0] - points[j][0]
            dy = points[i][1] - points[j][1]
            distance = math.sqrt(dx * dx + dy * dy)
            if distance < nearest:
                nearest = distance
            if distance > furthest:
                furthest = distance
            total += distance
    return nearest, furthest, total


def main():
    nearest, furthest, total = extremes(harbours(6000))
    print(f"nearest {nearest:.10g} furthest {furthest:.10g} total {total:.10g}")


main()
