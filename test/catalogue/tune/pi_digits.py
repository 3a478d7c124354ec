"""Digits of pi with a spigot; the numbers outgrow any machine word."""
import sys


def digits(count):
    q, r, t, k, n, l = 1, 0, 1, 1, 3, 3
    out = []
    while len(out) < count:
        if 4 * q + r - t < n * t:
            out.append(n)
            q, r, n = 10 * q, 10 * (r - n * t), (10 * (3 * q + r)) // t - 10 * n
        else:
            q, r, t, n, k, l = q * k, (2 * q + r) * l, t * l, (q * (7 * k + 2) + r * l) // (t * l), k + 1, l + 2
    return out


found = digits(int(sys.argv[1]) if len(sys.argv) > 1 else 6000)
print("".join(map(str, found[:40])), "".join(map(str, found[-20:])), sum(found))
