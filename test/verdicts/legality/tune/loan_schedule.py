def monthly(principal, rate, months):
    factor = (1 + rate) ** months
    return principal * rate * factor / (factor - 1)


def payments(principals, rates):
    n = len(principals)
    payment = [0.0] * n
    for i in range(n):
        rate = rates[i] / 1200
        payment[i] = monthly(principals[i], rate, 120 + 60 * (i % 5))
    return payment


BRANCHES = 1600
principals = [10_000 + (i * 31) % 90_000 for i in range(2_000)] * BRANCHES
rates = [1 + (i * 17) % 70 / 10 for i in range(2_000)] * BRANCHES
result = payments(principals, rates)
print(result[1], result[-1], max(result))
