import hashlib

SIZE = 1_200_000
source = [(i * 48271) % 65521 for i in range(SIZE)]
n = len(source)
mirrored = [0] * n
for i in range(n):
    v = source[i]
    mirrored[n - 1 - i] = (v << 3 | v >> 13) & 0xFFFF
print(mirrored[:4], mirrored[-4:])
print(hashlib.md5(repr(mirrored[:1000]).encode()).hexdigest())
