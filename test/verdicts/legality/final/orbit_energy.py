import math


class Star:
    def __init__(self, mass, softening):
        self.mass = mass
        self.softening = softening

    def energy(self, body):
        x, y, vx, vy = body
        r = math.sqrt(x * x + y * y + self.softening ** 2)
        return 0.5 * (vx * vx + vy * vy) - self.mass / r

    def survey(self, bodies):
        energies = []
        for body in bodies:
            energies.append(self.energy(body))
        return energies


bodies = [(1 + i % 97, 2 + i % 89, (i % 13) / 7, (i % 17) / 9) for i in range(90_000)] * 26
energies = Star(1000.0, 0.05).survey(bodies)
print(min(energies), max(energies), energies[12345])
