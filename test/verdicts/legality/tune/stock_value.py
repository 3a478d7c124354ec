stock = {f"item-{i}": [(q * i) % 40 for q in range(1, 9)] for i in range(100_000)}
prices = {name: 1 + len(batches) * (int(name[5:]) % 12) / 8 for name, batches in stock.items()}

value = {}
for name, batches in stock.items():
    units = sum(b for b in batches if b > 2)
    value[name] = round(units * prices[name], 2)
print(len(value), value["item-7"], sum(value.values()))
