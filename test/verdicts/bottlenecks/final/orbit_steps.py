"""Moons around a planet, with plain floats."""


class Body:
    __slots__ = ('x', 'y', 'vx', 'vy', 'mass')

    def __init__(self, x, y, vx, vy, mass):
        self.x, self.y, self.vx, self.vy, self.mass = x, y, vx, vy, mass


class System:
    def __init__(self, bodies):
        self.bodies = bodies

    def pull(self, step):
        for one in self.bodies:
            ax = ay = 0.0
            for other in self.bodies:
                if other is one:
                    continue
                dx = other.x - one.x
                dy = other.y - one.y
                near = dx * dx + dy * dy + 1e-6
                strength = other.mass / (near * near**0.5)
                ax += dx * strength
                ay += dy * strength
            one.vx += ax * step
            one.vy += ay * step

    def advance(self, step):
        self.pull(step)
        for body in self.bodies:
            body.x += body.vx * step
            body.y += body.vy * step

    def energy(self):
        return sum(body.mass * (body.vx**2 + body.vy**2) / 2 for body in self.bodies)


if __name__ == '__main__':
    moons = [Body(1.0 + 0.3 * n, 0.1 * n, 0.0, 1.0 / (1 + 0.3 * n) ** 0.5, 1e-4) for n in range(11)]
    system = System([Body(0.0, 0.0, 0.0, 0.0, 1.0), *moons])
    for _ in range(24_000):
        system.advance(0.002)
    print(f'{system.energy():.9f}', f'{moons[0].x:.6f}')
