"""Compresses the tiles of a map and writes an index."""
import argparse
import zlib


def tile(number, size):
    seed = number + 1
    cells = bytearray()
    for _ in range(size // 64):
        seed = (seed * 48271) % 2147483647
        cells += seed.to_bytes(4, "big") * 8 + bytes(32)
    return bytes(cells)


def pack(tiles):
    index = []
    at = 0
    for data in tiles:
        packed = zlib.compress(data, 9)
        index.append((at, len(packed), zlib.crc32(packed)))
        at += len(packed)
    return index


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tiles", type=int, default=10)
    args = parser.parse_args()
    distinct = [tile(n, 1500000) for n in range(4)]
    tiles = [distinct[n % 4][n * 64 :] for n in range(args.tiles)]
    index = pack(tiles)
    print(len(index), index[0], index[-1])


if __name__ == "__main__":
    main()
