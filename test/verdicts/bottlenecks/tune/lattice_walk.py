"""How far a walker on a square lattice gets from its start, for several step counts."""


class Walker:
    def __init__(self, seed):
        self.state = seed
        self.x = 0
        self.y = 0

    def step(self):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) & 0xFFFFFFFFFFFFFFFF
        turn = (self.state >> 33) & 3
        if turn == 0:
            self.x += 1
        elif turn == 1:
            self.x -= 1
        elif turn == 2:
            self.y += 1
        else:
            self.y -= 1

    def walk(self, steps):
        for _ in range(steps):
            self.step()
        return self.x * self.x + self.y * self.y


if __name__ == '__main__':
    for steps in (100, 400, 1600):
        squares = [Walker(seed * 7919 + steps).walk(steps) for seed in range(4500 * 1600 // steps // 4)]
        print(steps, sum(squares) / len(squares) / steps)
