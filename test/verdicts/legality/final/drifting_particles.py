import math


class Particle:
    __slots__ = ("x", "y", "vx", "vy", "age")

    def __init__(self, k):
        self.x, self.y = k % 640, k % 480
        self.vx, self.vy = math.sin(k), math.cos(k)
        self.age = 0

    def step(self, dt, gravity):
        self.vy += gravity * dt
        self.x += self.vx * dt
        self.y += self.vy * dt
        self.age += 1
        if self.y > 480:
            self.y, self.vy = 960 - self.y, -self.vy


particles = [Particle(k) for k in range(130_000)]
for particle in particles:
    for _ in range(24):
        particle.step(0.05, 9.81)
print(particles[7].x, particles[7].y, sum(p.y for p in particles))
