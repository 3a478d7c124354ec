"""Hit rate of a least-recently-used cache under a skewed load."""
from collections import OrderedDict


class Cache:
    def __init__(self, size):
        self.size = size
        self.items = OrderedDict()
        self.hits = 0

    def get(self, key):
        if key in self.items:
            self.items.move_to_end(key)
            self.hits += 1
            return self.items[key]
        value = f"page {key}"
        self.items[key] = value
        if len(self.items) > self.size:
            self.items.popitem(last=False)
        return value


cache = Cache(2000)
seed = 7
length = 0
for _ in range(3200000):
    seed = (seed * 48271) % 2147483647
    key = seed % 5000 if seed & 64 else seed % 300
    length += len(cache.get(key))
print(cache.hits, length, len(cache.items), next(iter(cache.items)))
