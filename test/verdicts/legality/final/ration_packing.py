LIMIT = 58_000_000
crates = [10 + (i * 7919) % 41 for i in range(2_000)] * 1_600

load = 0
packed = []
for number, weight in enumerate(crates):
    if load + weight > LIMIT:
        break
    if weight % 3:
        load += weight
        packed.append(number)
print(load, len(packed), packed[-1])
