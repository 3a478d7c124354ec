from bisect import bisect_right

BOUNDS = [11_000, 18_000, 31_000, 60_000, 93_000, 126_000, 245_000]
RATES = [0.0, 0.14, 0.24, 0.3, 0.38, 0.42, 0.45, 0.47]
BASE = [0.0]
for k in range(len(BOUNDS)):
    below = BOUNDS[k - 1] if k else 0
    BASE.append(BASE[-1] + (BOUNDS[k] - below) * RATES[k])


def tax(income):
    band = bisect_right(BOUNDS, income)
    floor = BOUNDS[band - 1] if band else 0
    return BASE[band] + (income - floor) * RATES[band]


incomes = [8_000 + (i * 7919) % 300_007 for i in range(20_000)] * 74
due = []
for income in incomes:
    due.append(round(tax(income), 2))
print(due[:3], due[-1], sum(due))
