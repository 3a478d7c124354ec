"""Records from a measuring device that must survive a power cut: each is on the disk before the next one is taken."""
import mmap
import os
import tempfile

RECORD = 4 << 20
SLOTS = 12


class Journal:
    def __init__(self, path):
        self.file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_DIRECT | os.O_DSYNC)
        self.room = mmap.mmap(-1, RECORD)
        self.place = 0

    def append(self, head):
        self.room[: len(head)] = head
        os.pwritev(self.file, [self.room], self.place % SLOTS * RECORD)
        self.place += 1

    def heads(self):
        for slot in range(SLOTS):
            os.preadv(self.file, [self.room], slot * RECORD)
            yield bytes(self.room[:8])

    def close(self):
        os.close(self.file)
        self.room.close()


with tempfile.TemporaryDirectory() as folder:
    journal = Journal(os.path.join(folder, 'journal'))
    for number in range(420):
        journal.append(b'%08d' % (number * 7919))
    print(sum(map(int, journal.heads())))
    journal.close()
