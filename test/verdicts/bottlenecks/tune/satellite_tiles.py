"""Lays the tiles of a satellite picture on an empty canvas, one at a time, and finds the brightest spot of each."""
import numpy as np

SIDE = 2400


def canvas(background):
    return np.full((SIDE, SIDE), background)


def placed(tile, top, left):
    sheet = canvas(-1.0)
    sheet[top : top + len(tile), left : left + len(tile)] = tile
    return sheet


def brightest(sheet, top, left, size):
    window = sheet[top : top + size, left : left + size]
    return divmod(int(window.argmax()), size)


def main():
    size = 64
    tile = (np.arange(size * size, dtype=np.float64).reshape(size, size) * 7919) % 4099
    spots = []
    for number in range(90):
        top, left = number * 331 % (SIDE - size), number * 173 % (SIDE - size)
        sheet = placed(tile + number, top, left)
        spots.append(brightest(sheet, top, left, size))
    print(len(spots), spots[0], spots[-1])


main()
