class Gate:
    def __init__(self, width):
        self.width = width
        self.held = 0.0

    def feed(self, value):
        if abs(value - self.held) > self.width:
            self.held = value
        return self.held


gate = Gate(12.5)
values = [(i * 7919) % 1009 / 10 for i in range(4_001)] * 1400
steps = list(map(gate.feed, values))
print(steps[:4], steps[-1], sum(steps))
