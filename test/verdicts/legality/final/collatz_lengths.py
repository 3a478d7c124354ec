def length(n):
    steps = 1
    while n != 1:
        n = n // 2 if n % 2 == 0 else 3 * n + 1
        steps += 1
    return steps


numbers = range(1, 140_000)
lengths = list(map(length, numbers))
best = max(lengths)
print(best, lengths.index(best) + 1, sum(lengths))
