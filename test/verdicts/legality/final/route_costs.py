TOLL = {"A": 3, "B": 5, "C": 8, "D": 0}
STEPS = [0, 2, 5, 9, 14, 20, 27]


def estimate(routes):
    costs = []
    for position, route in enumerate(routes):
        toll = 0
        for stop in route:
            toll += TOLL[stop]
        costs.append(toll * 10 + STEPS[position % len(STEPS)])
    return costs


routes = ["ABCD"[i % 4:] + "DCBA"[: i % 3 + 1] for i in range(9_000)] * 440
costs = estimate(routes)
print(costs[:5], costs[-5:], sum(costs))
