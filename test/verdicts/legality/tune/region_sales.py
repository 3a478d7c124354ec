from collections import defaultdict

REGIONS = ("north", "south", "east", "west", "overseas")


def load(count):
    for i in range(count):
        yield {"region": REGIONS[i * i % 7 % 5], "units": i % 13 + 1, "price": 3.5 + i % 11, "discount": (i % 4) * 0.05}


def totals(rows):
    by_region = defaultdict(float)
    for row in rows:
        net = row["units"] * row["price"] * (1 - row["discount"])
        by_region[row["region"]] += net
    return by_region


if __name__ == "__main__":
    rows = list(load(2_000)) * 1500
    for region, total in totals(rows).items():
        print(region, total)
