"""Packs a report stream into one compressed archive and verifies it."""
import zlib


def lines(count):
    for i in range(count):
        yield b"%d;%d;%d;ok\n" % (i, i * 7919 % 10007, i * i % 4093)


packer = zlib.compressobj(6)
packed = bytearray()
for line in lines(1100000):
    packed += packer.compress(line)
packed += packer.flush()
plain = zlib.decompress(bytes(packed))
print(len(packed) > 0, len(plain), zlib.crc32(plain))
