from functools import lru_cache

surcharge = 0


@lru_cache(maxsize=None)
def price(product):
    return 100 + product * 3 + surcharge


bills = []
for order in range(3_500_000):
    surcharge = order % 50
    bills.append(price(order * order % 3001) * (1 + order % 4))
print(bills[:4], bills[-1], sum(bills))
