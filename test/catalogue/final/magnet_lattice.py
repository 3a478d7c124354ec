"""An Ising magnet, updated site by site with a small random generator."""
import math


def sweep(spins, size, table, state):
    flips = 0
    for y in range(size):
        for x in range(size):
            around = (
                spins[(y - 1) % size][x] + spins[(y + 1) % size][x] + spins[y][(x - 1) % size] + spins[y][(x + 1) % size]
            )
            change = 2 * spins[y][x] * around
            state = (state * 1103515245 + 12345) % 2147483648
            if change <= 0 or state / 2147483648.0 < table[change]:
                spins[y][x] = -spins[y][x]
                flips += 1
    return state, flips


def main():
    size = 96
    spins = [[1 if (x * 7 + y * 3) % 4 else -1 for x in range(size)] for y in range(size)]
    table = [math.exp(-change / 2.2) for change in range(9)]
    state, total = 1, 0
    for _ in range(1000):
        state, flips = sweep(spins, size, table, state)
        total += flips
    print(sum(map(sum, spins)), total, state)


if __name__ == "__main__":
    main()
