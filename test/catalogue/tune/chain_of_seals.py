"""Each record of a ledger carries the digest of the one before."""
import hashlib


def seal(records):
    digest = b"genesis"
    for number in range(records):
        record = b"%d|%d|" % (number, number * 37 % 1009)
        digest = hashlib.sha256(digest + record).digest()
    return digest.hex()


print(seal(3200000))
