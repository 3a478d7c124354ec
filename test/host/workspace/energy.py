"""Adds up the energy of many particles."""
import math


def energy(speeds):
    total = 0.0
    for speed in speeds:
        total += 0.5 * math.sqrt(speed)
    return total


speeds = [step * 0.25 for step in range(20000)]
print("energy", energy(speeds))
