"""Follows the levels of a river map through a flood, and can go back to every tenth hour."""
import numpy as np


class Map:
    def __init__(self, side):
        self.levels = (np.arange(side * side, dtype=np.float64).reshape(side, side) * 7919) % 1009
        self.past = []

    def keep(self):
        self.past.append(self.levels.copy())
        if len(self.past) > 4:
            self.past.pop(0)

    def rise(self, hour):
        row = hour * 31 % len(self.levels)
        self.levels[row] += hour % 7

    def back(self):
        self.levels = self.past.pop()


def main():
    river = Map(1700)
    for hour in range(330):
        river.keep()
        river.rise(hour)
        if hour % 10 == 9:
            river.back()
    print(round(float(river.levels.sum()), 3), len(river.past))


if __name__ == '__main__':
    main()
