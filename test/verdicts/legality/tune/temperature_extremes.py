import math


def sample(hour):
    return 11 + 9 * math.sin(hour / 8760 * 2 * math.pi) + 4 * math.sin(hour / 24 * 2 * math.pi) + (hour * 7919 % 101) / 50


def extremes(hours):
    coldest, warmest = math.inf, -math.inf
    for hour in range(hours):
        t = sample(hour)
        coldest = min(coldest, t)
        if t > warmest:
            warmest = t
    return coldest, warmest


print(extremes(1_900_000))
