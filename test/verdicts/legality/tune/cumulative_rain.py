def cumulate(rain):
    n = len(rain)
    total = [0.0] * n
    total[0] = rain[0]
    for i in range(1, n):
        total[i] = total[i - 1] + rain[i] * (0.98 if rain[i] > 3 else 1.0)
    return total


rain = [((i * 48271) % 997) / 200 for i in range(2_000)] * 4000
total = cumulate(rain)
print(total[10], total[len(total) // 2], total[-1])
