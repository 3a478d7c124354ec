from decimal import Decimal, getcontext

getcontext().prec = 7
prices = [Decimal((i * 7919) % 99991) / 1000 for i in range(500)] * 8200
total = Decimal(0)
for price in prices:
    total += price * 3
print(total)
