"""Conway's game of life on a torus."""


class Colony:
    def __init__(self, height, width):
        self.height = height
        self.width = width
        self.cells = [[1 if (r * 7919 + c * 104729 + r * c * 31) % 1009 % 5 < 2 else 0 for c in range(width)] for r in range(height)]

    def neighbours(self, row, column):
        count = 0
        for dr in (-1, 0, 1):
            for dc in (-1, 0, 1):
                if dr or dc:
                    count += self.cells[(row + dr) % self.height][(column + dc) % self.width]
        return count

    def advance(self):
        following = []
        for row in range(self.height):
            line = []
            for column in range(self.width):
                around = self.neighbours(row, column)
                if self.cells[row][column]:
                    line.append(1 if around in (2, 3) else 0)
                else:
                    line.append(1 if around == 3 else 0)
            following.append(line)
        self.cells = following

    def alive(self):
        return sum(sum(line) for line in self.cells)


colony = Colony(120, 150)
history = []
for generation in range(180):
    colony.advance()
    history.append(colony.alive())
print(history[0], history[-1], sum(history))
