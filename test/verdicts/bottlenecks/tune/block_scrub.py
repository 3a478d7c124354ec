"""Reads every block of an image past the cache and counts those that changed since the last scrub."""
import mmap
import os
import tempfile

BLOCK = 1 << 20
BLOCKS = 48
ROUNDS = 24


def build(path):
    seed = bytes(range(256)) * (BLOCK // 256)
    with open(path, 'wb') as image:
        for number in range(BLOCKS):
            image.write(number.to_bytes(4, 'little') + seed[4:])
        image.flush()
        os.fsync(image.fileno())


def scrub(path):
    changed = 0
    room = mmap.mmap(-1, BLOCK)
    image = os.open(path, os.O_RDONLY | os.O_DIRECT)
    try:
        for turn in range(ROUNDS):
            for number in range(BLOCKS):
                place = (number * 29 + turn) % BLOCKS
                os.preadv(image, [room], place * BLOCK)
                if room[:4] != place.to_bytes(4, 'little'):
                    changed += 1
    finally:
        os.close(image)
        room.close()
    return changed


def main():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'image')
        build(path)
        print('changed', scrub(path))


main()
