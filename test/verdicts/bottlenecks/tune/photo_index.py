"""Indexes photos: a thumbnail, a digest, a colour count and a safe note on the disk for each."""
import os
import tempfile
import zlib

import numpy as np


class Index:
    def __init__(self, folder):
        self.notes = open(os.path.join(folder, 'notes'), 'ab', buffering=0)
        self.colours = {}

    def count(self, pixels):
        for value in pixels:
            key = value >> 3
            self.colours[key] = self.colours.get(key, 0) + 1

    def note(self, number, packed):
        for part in range(8):
            self.notes.write(b'%d %d %d\n' % (number, part, packed))
            os.fsync(self.notes.fileno())


def photo(number):
    grid = np.arange(560 * 560, dtype=np.uint32).reshape(560, 560)
    noise = np.random.default_rng(number).integers(0, 6, grid.shape, dtype=np.uint8)
    return (grid >> 9).astype(np.uint8) // 16 * 9 + noise


with tempfile.TemporaryDirectory() as folder:
    index = Index(folder)
    for number in range(25):
        picture = photo(number)
        packed = len(zlib.compress(picture.tobytes(), 6))
        index.count(picture[::2].ravel()[:110_000].tolist())
        index.note(number, packed)
    index.notes.close()
    print(len(index.colours), sum(index.colours.values()))
