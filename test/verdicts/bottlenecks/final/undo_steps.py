"""An editor that keeps every step of a drawing so that each can be undone."""
import copy


class Drawing:
    def __init__(self, size):
        self.points = list(range(size))
        self.past = []

    def step(self, number):
        self.past.append(list(self.points))
        self.points[number * 31 % len(self.points)] += number
        if len(self.past) > 30:
            self.past.pop(0)

    def undo(self):
        self.points = copy.copy(self.past.pop())


drawing = Drawing(260_000)
for number in range(1400):
    drawing.step(number)
    if number % 20 == 19:
        drawing.undo()
print(sum(drawing.points), len(drawing.past))
