"""Quotes for a day's parcels."""
import math

PARCELS = 1_100_000


def make_parcels(count):
    return [(1 + (i * 37) % 29, 5 + (i * 13) % 60, (i * 7) % 900) for i in range(count)]


def main():
    parcels = make_parcels(PARCELS)
    quotes = []
    for weight, side, distance in parcels:
        volumetric = side ** 3 / 5000
        billed = max(weight, volumetric)
        quotes.append(round(4.5 + math.sqrt(distance) * 0.2 + billed * 0.75, 2))
    print(len(quotes), quotes[:3], quotes[-3:], sum(quotes))


if __name__ == "__main__":
    main()
