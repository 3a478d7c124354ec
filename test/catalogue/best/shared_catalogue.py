"""Looks up orders in a large catalogue that travels to the worker with each task."""


def build(count):
    return {f"item-{i}": (i * 37) % 1009 for i in range(count)}


def value(catalogue, order):
    return sum(catalogue[f"item-{(order * k) % 60000}"] for k in range(1, 40))


def main():
    catalogue = build(60000)
    values = [value(catalogue, order) for order in range(70)]
    print(len(values), sum(values), values[:4])


if __name__ == "__main__":
    main()
