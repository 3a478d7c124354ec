deliveries = [[(q * i) % 40 for q in range(1, 19)] for i in range(997)]
stock = {f"item-{i}": deliveries[i % 997] for i in range(530_000)}
prices = [1 + k / 8 for k in range(12)]

value = {}
for name, batches in stock.items():
    units = sum(b for b in batches if b > 2)
    value[name] = round(units * prices[units % 12], 2)
print(len(value), value["item-7"], sum(value.values()))
