def weighted(values, weights, limits):
    score = 0.0
    weight_sum = 0.0
    for value, weight, (low, high) in zip(values, weights, limits):
        clipped = low if value < low else high if value > high else value
        score += clipped * weight
        weight_sum += weight
    return score / weight_sum


YEARS = 640
values = [(i * 7919) % 1000 / 10 for i in range(10_000)] * YEARS
weights = [1 + (i * 31) % 9 for i in range(10_000)] * YEARS
limits = [(i % 20, 60 + i % 40) for i in range(10_000)] * YEARS
print(weighted(values, weights, limits))
