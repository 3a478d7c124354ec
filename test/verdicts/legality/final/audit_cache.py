from functools import lru_cache

trail = []


@lru_cache(maxsize=None)
def rate(code, day):
    trail.append(f"{day}:{code}")
    return 1 + (code * 7919 % 100) / 250


amounts = []
for k in range(2_000_000):
    amounts.append(rate(k * k % 5003, 2) * (k % 90))
print(len(trail), trail[:4], trail[-1], sum(amounts))
