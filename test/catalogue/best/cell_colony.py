"""Conway's game of life on a torus."""
import numpy as np


class Colony:
    def __init__(self, height, width):
        r, c = np.ogrid[:height, :width]
        self.cells = ((r * 7919 + c * 104729 + r * c * 31) % 1009 % 5 < 2).astype(np.int8)

    def advance(self):
        around = sum(
            np.roll(self.cells, (dr, dc), (0, 1)) for dr in (-1, 0, 1) for dc in (-1, 0, 1) if dr or dc
        )
        self.cells = ((around == 3) | ((self.cells == 1) & (around == 2))).astype(np.int8)

    def alive(self):
        return int(self.cells.sum())


colony = Colony(120, 150)
history = []
for generation in range(180):
    colony.advance()
    history.append(colony.alive())
print(history[0], history[-1], sum(history))
