"""How far is every village from its nearest antenna, along the ground (haversine)?"""
from math import cos

import numpy as np

EARTH = 6371.0


def villages(count):
    return [(47.0 + (i * 37 % 1000) / 400, 8.0 + (i * 91 % 1000) / 300) for i in range(count)]


def antennas(count):
    return [(47.1 + (i * 53 % 100) / 45, 8.2 + (i * 29 % 100) / 35) for i in range(count)]


def nearest(places, sites):
    lat, lon = np.radians(places).T
    shortest = np.full(len(lat), np.inf)
    index = np.zeros(len(lat), np.int64)
    for site, (slat, slon) in enumerate(np.radians(sites)):
        a = np.sin((slat - lat) / 2) ** 2 + np.cos(lat) * cos(slat) * np.sin((slon - lon) / 2) ** 2
        distance = 2 * EARTH * np.arcsin(np.sqrt(a))
        nearer = distance < shortest
        shortest[nearer] = distance[nearer]
        index[nearer] = site
    return list(zip(index.tolist(), shortest.tolist()))


if __name__ == "__main__":
    found = nearest(villages(45000), antennas(90))
    print("%.9g %.9g" % (sum(d for _, d in found), max(d for _, d in found)), sum(i for i, _ in found))
