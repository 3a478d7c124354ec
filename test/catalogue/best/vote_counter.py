"""Counts votes in worker processes that share a dictionary."""
from collections import Counter


def votes(district):
    for i in range(4000):
        yield f"list-{(i * 7 + district * i) % 13}"


def main():
    totals = Counter()
    for district in (1, 2):
        totals.update(votes(district))
    for name in sorted(totals):
        print(name, totals[name])


if __name__ == "__main__":
    main()
