"""Packs the shards of an index with a pool of threads."""
import zlib
from multiprocessing.pool import ThreadPool

THREADS = 2


def shard(number):
    state = number + 1
    words = []
    for _ in range(6000):
        state = state * 1103515245 + 12345 & 0x7FFFFFFF
        words.append(b'%x' % (state >> 16))
    return b','.join(words) * 130


def pack(body):
    return len(zlib.compress(body, 9))


if __name__ == '__main__':
    shards = [shard(number) for number in range(6)]
    with ThreadPool(THREADS) as pool:
        sizes = pool.map(pack, shards * 9, chunksize=1)
    print(sum(map(len, shards)), sum(sizes))
