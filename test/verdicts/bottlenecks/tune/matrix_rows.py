"""Row scores of a similarity table."""
from concurrent.futures import ThreadPoolExecutor

WORKERS = 4
SIZE = 1040
features = [[(row * 31 + column * 17) % 23 for column in range(12)] for row in range(SIZE)]


def score(row):
    mine = features[row]
    total = 0
    for other in features:
        dot = 0
        for a, b in zip(mine, other):
            dot += a * b
        total += dot % 101
    return total


with ThreadPoolExecutor(WORKERS) as pool:
    scores = list(pool.map(score, range(SIZE)))
print(sum(scores), max(scores))
