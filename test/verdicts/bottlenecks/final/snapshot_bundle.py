"""Bundles the snapshots of a wiki and reports how small they get."""
import bz2
import lzma


def snapshot(day):
    lines = [b'page %d revision %d by user%d' % (k, k * day * 7919 % 10007, k % 50) for k in range(9000)]
    return b'\n'.join(lines)


def pack(body, strong):
    if strong:
        return lzma.compress(body, preset=2)
    return bz2.compress(body, 9)


sizes = {}
for day in range(1, 49):
    body = snapshot(day)
    sizes[day] = (len(body), len(pack(body, day % 7 == 0)))
print(sum(before for before, _ in sizes.values()), sum(after for _, after in sizes.values()))
