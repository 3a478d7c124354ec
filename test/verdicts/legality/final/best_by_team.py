results = [(f"team {i * i % 37}", (i * 7919) % 10_007, i % 9) for i in range(10_000)] * 380


def champions(results):
    best = {}
    for team, points, penalty in results:
        score = points - 25 * penalty
        best[team] = max(best.get(team, score), score)
    return best


best = champions(results)
print(len(best), sorted(best.items())[:3])
