"""How many ways are there to place n queens?"""
import numba


@numba.njit("int64(int64, int64, int64, int64)", cache=True)
def place(full, columns, left, right):
    if columns == full:
        return 1
    count = 0
    free = full & ~(columns | left | right)
    while free:
        bit = free & -free
        free ^= bit
        count += place(full, columns | bit, (left | bit) << 1, (right | bit) >> 1)
    return count


for size in range(4, 14):
    print(size, place((1 << size) - 1, 0, 0, 0))
for column in (0, 3, 6, 9):
    queen = 1 << column
    print("14, first queen on", column, place((1 << 14) - 1, queen, queen << 1, queen >> 1))
