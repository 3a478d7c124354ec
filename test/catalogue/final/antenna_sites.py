"""How far is every village from its nearest antenna, along the ground (haversine)?"""
from math import asin, cos, radians, sin, sqrt

EARTH = 6371.0


def villages(count):
    return [(47.0 + (i * 37 % 1000) / 400, 8.0 + (i * 91 % 1000) / 300) for i in range(count)]


def antennas(count):
    return [(47.1 + (i * 53 % 100) / 45, 8.2 + (i * 29 % 100) / 35) for i in range(count)]


def haversine(lat1, lon1, lat2, lon2):
    lat1, lon1, lat2, lon2 = map(radians, (lat1, lon1, lat2, lon2))
    a = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH * asin(sqrt(a))


def nearest(places, sites):
    found = []
    for lat, lon in places:
        distances = [haversine(lat, lon, slat, slon) for slat, slon in sites]
        shortest = min(distances)
        found.append((distances.index(shortest), shortest))
    return found


if __name__ == "__main__":
    found = nearest(villages(45000), antennas(90))
    print("%.9g %.9g" % (sum(d for _, d in found), max(d for _, d in found)), sum(i for i, _ in found))
