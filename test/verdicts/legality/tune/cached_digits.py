from functools import lru_cache
from math import factorial


@lru_cache(maxsize=None)
def digit_sum(n):
    return sum(map(int, str(factorial(n))))


total = 0
for k in range(2_500_000):
    n = (k * k + 3 * k) % 400
    total += digit_sum(n) * (1 + k % 3)
print(total)
