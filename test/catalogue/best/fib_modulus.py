"""Exact terms of a recurrence with numbers of many thousand digits."""


def exact(terms):
    a, b = 1, 1
    residue = 0
    for n in range(terms):
        a, b = b, 3 * b - a + n
        if n % 64 == 0:
            residue = (residue * 31 + a % 1000003) % 1000003
    return b.bit_length(), residue


print(exact(200000))
