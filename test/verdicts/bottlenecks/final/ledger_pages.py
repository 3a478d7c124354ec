"""Audits a ledger straight from the disk: reads its pages in the order of the receipts."""
import mmap
import os
import tempfile

PAGE = 4 << 20
PAGES = 14
RECEIPTS = 420


def create(path):
    with open(path, 'wb') as ledger:
        for number in range(PAGES):
            ledger.write(number.to_bytes(8, 'little') + bytes(PAGE - 8))
        ledger.flush()
        os.fsync(ledger.fileno())


class Auditor:
    def __init__(self, path):
        self.ledger = os.open(path, os.O_RDONLY | os.O_DIRECT)
        self.room = mmap.mmap(-1, PAGE)

    def page(self, number):
        os.preadv(self.ledger, [self.room], number * PAGE)
        return int.from_bytes(self.room[:8], 'little')

    def close(self):
        os.close(self.ledger)
        self.room.close()


def audit(path):
    auditor = Auditor(path)
    total = sum(auditor.page(receipt * 5 % PAGES) for receipt in range(RECEIPTS))
    auditor.close()
    return total


def main():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'ledger')
        create(path)
        print(audit(path))


main()
