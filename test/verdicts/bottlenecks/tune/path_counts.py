"""Ways through a maze of streets, for several mazes at once."""
from multiprocessing.dummy import Pool

THREADS = 4


def ways(seed):
    size = 260
    row = [1] * size
    for y in range(1, size):
        closed = (seed * 7919 + y * 31) % size
        for x in range(1, size):
            row[x] = 0 if x == closed else (row[x] + row[x - 1]) % 1_000_007
    return row[-1]


if __name__ == '__main__':
    with Pool(THREADS) as pool:
        results = pool.map(ways, range(200))
    print(len(set(results)), sum(results))
