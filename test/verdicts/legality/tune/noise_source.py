class Noise:
    def __init__(self, seed):
        self.state = seed

    def sample(self, scale):
        self.state = (self.state * 1103515245 + 12345) & 0x7FFFFFFF
        return scale * (self.state / 0x7FFFFFFF - 0.5)


source = Noise(7)
field = []
for column in range(2_900_000):
    field.append(source.sample(1 + column % 3))
print(field[:2], field[-1], sum(field))
