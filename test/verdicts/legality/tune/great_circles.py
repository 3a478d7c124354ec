from itertools import starmap
from math import asin, cos, radians, sin, sqrt


def haversine(lat1, lon1, lat2, lon2):
    a = sin(radians(lat2 - lat1) / 2) ** 2
    b = cos(radians(lat1)) * cos(radians(lat2)) * sin(radians(lon2 - lon1) / 2) ** 2
    return 12742 * asin(sqrt(a + b))


legs = [((i * 7) % 90, (i * 13) % 180, (i * 17) % 90, (i * 29) % 180) for i in range(6_000)] * 330
lengths = list(starmap(haversine, legs))
print(lengths[1], lengths[-1], sum(lengths))
