from dataclasses import dataclass


@dataclass(frozen=True)
class Vector:
    x: float
    y: float

    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y)

    def scaled(self, factor):
        return Vector(self.x * factor, self.y * factor)


wind = Vector(0.25, -0.125)
points = [Vector(float(i % 1013), float(i % 811)) for i in range(2_500)] * 100
moved = []
for point in points:
    moved.append(point + wind.scaled(1 + point.x / 1000))
print(moved[0], moved[-1], sum(p.x for p in moved))
