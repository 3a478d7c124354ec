def fold(values):
    total = 0
    for v in values:
        total = v * 3 - total
    return total


values = [(i * 7919) % 1013 for i in range(3_001)] * 2500
print(fold(values), fold(values[:-1]), fold(values[:100]))
