marks = [(i * 7919) % 211 for i in range(2_000)] * 3300
factors = []
for mark in marks:
    if mark % 3:
        factors.append(mark * (len(factors) % 19) + 1)
print(len(factors), factors[:5], factors[-1], sum(factors))
