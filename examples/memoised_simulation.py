"""Walkers on a ring of cells: what a cell costs is worked out anew at every step, though there are few cells."""

import random

CELLS = 600
STEPS = 34_000


def cell_cost(cell):
    """The cost of standing on a cell: a slow series that depends on nothing but the cell."""
    cost = 0.0
    for term in range(1, 1_200):
        cost += ((cell * term) % 97) / (term * term)
    return cost


def walk(seed, steps):
    rng = random.Random(seed)
    cell = 0
    total = 0.0
    for _ in range(steps):
        cell = (cell + rng.choice((-2, -1, 1, 3))) % CELLS
        total += cell_cost(cell)
    return total


def main():
    total = walk(7, STEPS)
    print(f"{STEPS} steps cost {total:.6f}")


if __name__ == "__main__":
    main()
