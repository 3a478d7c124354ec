residue = 0.0


def sum(values):
    global residue
    total = residue
    for v in values:
        total += v
    residue = total - round(total, 1)
    return round(total, 1)


totals = []
for k in range(1_000_000):
    totals.append(sum([k % 7 * 0.13, k % 11 * 0.07, k % 5 * 0.19]))
print(totals[:4], totals[-1])
