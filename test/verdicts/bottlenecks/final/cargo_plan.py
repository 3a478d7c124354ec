"""Which crates to load so that their worth is greatest."""
import argparse


def crates(count):
    return [(3 + number * 7919 % 41, 10 + number * 104729 % 97) for number in range(count)]


def best(items, room):
    worth = [0] * (room + 1)
    for weight, value in items:
        for free in range(room, weight - 1, -1):
            other = worth[free - weight] + value
            if other > worth[free]:
                worth[free] = other
    return worth


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--crates', type=int, default=650)
    parser.add_argument('--room', type=int, default=18_000)
    options = parser.parse_args()
    worth = best(crates(options.crates), options.room)
    print(worth[options.room // 2], worth[-1])


main()
