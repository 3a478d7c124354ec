"""Prices parcels by zone and weight class."""
import math


def rate(zone, weight_class):
    price = 4.0 + zone * 0.75
    for step in range(1, 60 + weight_class * 5):
        price += math.log1p(step * zone + 1) / (step + weight_class)
        if step % 7 == 0:
            price *= 1.0 + 0.001 * zone / step
    return round(price, 4)


def bill(parcels):
    total = 0.0
    for number in range(parcels):
        zone = number * 31 % 9
        weight_class = number * number % 13
        total += rate(zone, weight_class)
    return total


print("parcels 250000 total", bill(250000))
