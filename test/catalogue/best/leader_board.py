"""Median of all results so far, after every result."""
from bisect import insort


def running_medians(results):
    seen = []
    medians = []
    for result in results:
        insort(seen, result)
        middle = len(seen) // 2
        if len(seen) % 2:
            medians.append(seen[middle])
        else:
            medians.append((seen[middle - 1] + seen[middle]) / 2)
    return medians


results = [(i * 7919 + i * i * 13) % 100003 for i in range(38000)]
medians = running_medians(results)
print(len(medians), medians[0], medians[-1], sum(medians))
