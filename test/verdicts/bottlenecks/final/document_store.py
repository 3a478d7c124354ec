"""Stores scanned documents; a scan is only confirmed once the disk has it."""
import mmap
import os
import tempfile

SCAN = 6 << 20


class Store:
    def __init__(self, folder, shelves):
        flags = os.O_RDWR | os.O_CREAT | os.O_DIRECT | os.O_DSYNC
        self.shelves = [os.open(os.path.join(folder, f'shelf-{number}'), flags) for number in range(shelves)]
        self.confirmed = {}

    def put(self, number, scan):
        shelf = self.shelves[number % len(self.shelves)]
        os.pwritev(shelf, [scan], number // len(self.shelves) % 3 * SCAN)
        self.confirmed[number] = bytes(scan[:6])

    def close(self):
        for shelf in self.shelves:
            os.close(shelf)


def scans(count):
    room = mmap.mmap(-1, SCAN)
    for number in range(count):
        room[:6] = b'%06d' % (number * 7919 % 999_983)
        yield number, room
    room.close()


with tempfile.TemporaryDirectory() as folder:
    store = Store(folder, 5)
    for number, scan in scans(300):
        store.put(number, scan)
    store.close()
    print(len(store.confirmed), sum(map(int, store.confirmed.values())))
