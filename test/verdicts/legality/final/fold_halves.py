SIZE = 2_400_000
half = SIZE // 2
values = [(i * 2654435761 % 4096) / 64 for i in range(SIZE)]
for i in range(half):
    values[i] = abs(values[i + half] - 0.5 * values[i])
print(values[0], values[half - 1], values[half], sum(values[:half]))
