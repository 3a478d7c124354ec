"""Cheapest connections between all stops of a network."""
FAR = 10**9


def network(stops):
    cost = [[FAR] * stops for _ in range(stops)]
    for stop in range(stops):
        cost[stop][stop] = 0
        for hop in (1, 3, 17):
            other = (stop * hop + hop) % stops
            cost[stop][other] = min(cost[stop][other], 5 + (stop * 31 + hop) % 23)
    return cost


def shorten(cost):
    stops = range(len(cost))
    for via in stops:
        onward = cost[via]
        for row in cost:
            first = row[via]
            if first == FAR:
                continue
            for goal in stops:
                total = first + onward[goal]
                if total < row[goal]:
                    row[goal] = total
    return cost


table = shorten(network(330))
print(max(map(max, table)), sum(map(sum, table)))
