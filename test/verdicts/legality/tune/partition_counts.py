def partitions(n, largest):
    if n == 0:
        return 1
    if largest == 0:
        return 0
    total = partitions(n, largest - 1)
    if n >= largest:
        total += partitions(n - largest, largest)
    return total


counts = []
for n in range(53):
    counts.append(partitions(n, n))
print(counts)
