"""Compares a year's spending with its budget."""
import argparse
import csv
import io
from collections import defaultdict

SPENDING = 'month,kind,cents\n' + '\n'.join(f'{month},{kind},{month * 1300 + len(kind) * 700}' for month in range(1, 13) for kind in ('rent', 'food', 'travel'))
BUDGET = {'rent': 150_000, 'food': 90_000, 'travel': 160_000}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--limit', type=float, default=1.0)
    options = parser.parse_args()
    spent = defaultdict(int)
    for row in csv.DictReader(io.StringIO(SPENDING)):
        spent[row['kind']] += int(row['cents'])
    for kind, cents in sorted(spent.items()):
        print(f'{kind:8s} {cents / 100:10.2f} {"over" if cents > BUDGET[kind] * options.limit else "fine"}')


main()
