"""Counts the seatings in which no two guests who dislike each other share a row, a column or a diagonal."""


def seatings(size, row=0, columns=0, left=0, right=0):
    if row == size:
        return 1
    found = 0
    free = ((1 << size) - 1) & ~(columns | left | right)
    while free:
        seat = free & -free
        free ^= seat
        found += seatings(size, row + 1, columns | seat, (left | seat) << 1, (right | seat) >> 1)
    return found


if __name__ == '__main__':
    for size in range(4, 12):
        print(size, seatings(size))
    print(13, seatings(13))
