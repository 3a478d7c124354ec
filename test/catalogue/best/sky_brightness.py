"""Brightness of stars seen through the air at their altitude."""
import math
from functools import lru_cache


class Atmosphere:
    def __init__(self, layers):
        self.layers = layers

    def observe(self, stars):
        return [magnitude + extinction(altitude, self.layers) for magnitude, altitude in stars]


@lru_cache(maxsize=1024)
def extinction(altitude, layers):
    path = 0.0
    angle = math.radians(90 - altitude)
    for layer in range(layers):
        height = layer * 0.5
        path += math.exp(-height / 8.0) / math.cos(min(angle, 1.54) * (1 - height / 900.0))
    return 0.08 * path


stars = [(1 + i % 60 / 10, 5 + i * 37 % 85) for i in range(130000)]
seen = Atmosphere(100).observe(stars)
print("%.10g %.10g %.10g" % (sum(seen), max(seen), min(seen)))
