"""Most valuable load of a ship (0/1 knapsack)."""


def cargo(count):
    return [(5 + (i * 37) % 113, 10 + (i * 53) % 211) for i in range(count)]


def best_value(items, capacity):
    best = [0] * (capacity + 1)
    for weight, value in items:
        for room in range(capacity, weight - 1, -1):
            candidate = best[room - weight] + value
            if candidate > best[room]:
                best[room] = candidate
    return best[capacity]


if __name__ == "__main__":
    print(best_value(cargo(1600), 28000))
