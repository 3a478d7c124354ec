"""Counts the routes of a picking robot through a warehouse with blocked cells."""
import sys

ROWS = 14
COLUMNS = 15
BLOCKED = {(3, 4), (5, 1), (7, 7), (2, 9), (9, 3), (10, 10)}


def routes(row, column):
    if row == ROWS - 1 and column == COLUMNS - 1:
        return 1
    if row >= ROWS or column >= COLUMNS or (row, column) in BLOCKED:
        return 0
    return routes(row + 1, column) + routes(row, column + 1)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        ROWS = int(sys.argv[1])
    print(ROWS, COLUMNS, routes(0, 0), routes(4, 4))
