"""Cheapest way through each tile of a map of heights."""
from multiprocessing.pool import ThreadPool


def heights(seed, side):
    return [[(x * 31 + y * 17 + seed * x * y) % 29 for x in range(side)] for y in range(side)]


def cheapest(seed):
    tile = heights(seed, 150)
    row = tile[0]
    for line in tile[1:]:
        after = []
        for x, height in enumerate(line):
            best = row[x]
            if x and row[x - 1] < best:
                best = row[x - 1]
            if x + 1 < len(row) and row[x + 1] < best:
                best = row[x + 1]
            after.append(best + height)
        row = after
    return min(row)


pool = ThreadPool(processes=4)
costs = list(pool.imap(cheapest, range(190)))
pool.close()
pool.join()
print(min(costs), sum(costs))
