import zlib

BLOCKS = 31_000


def block(number):
    return bytes((number * 31 + k) % 256 for k in range(256)) * 8


def any_damaged(count):
    damaged = False
    for number in range(count):
        data = block(number)
        if zlib.crc32(data) != zlib.crc32(bytes(data)) or len(data) != 2048:
            damaged = True
            break
    return damaged


print("damaged:", any_damaged(BLOCKS), "of", BLOCKS)
