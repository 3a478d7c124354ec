def weighted(values, weights, limits):
    score = 0.0
    weight_sum = 0.0
    for value, weight, (low, high) in zip(values, weights, limits):
        clipped = low if value < low else high if value > high else value
        score += clipped * weight
        weight_sum += weight
    return score / weight_sum


n = 1_200_000
values = [(i * 7919) % 1000 / 10 for i in range(n)]
weights = [1 + (i * 31) % 9 for i in range(n)]
limits = [(i % 20, 60 + i % 40) for i in range(n)]
print(weighted(values, weights, limits))
