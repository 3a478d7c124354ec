values = [(i * 2654435761 % 4096) / 64 for i in range(24_001)] * 200
half = len(values) // 2
for i in range(half):
    values[i] = abs(values[i + half] - 0.5 * values[i])
print(values[0], values[half - 1], values[half], sum(values[:half]))
