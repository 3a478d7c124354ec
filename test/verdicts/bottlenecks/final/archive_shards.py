"""Squeezes the shards of an archive with threads, as small as they get."""
import argparse
import bz2
from concurrent.futures import ThreadPoolExecutor


def shard(number):
    return b'\n'.join(b'%d,%d' % (k, k * k * number % 10007) for k in range(60_000))


def squeeze(body):
    return len(bz2.compress(body, 9))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--threads', type=int, default=2)
    options = parser.parse_args()
    shards = [shard(number) for number in range(1, 5)]
    with ThreadPoolExecutor(options.threads) as pool:
        print(sum(pool.map(squeeze, shards * 7)))


main()
