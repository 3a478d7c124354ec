"""Five bodies under gravity; reports the energy drift."""
import math

import numba
import numpy as np


class Body:
    def __init__(self, x, y, z, vx, vy, vz, mass):
        self.x, self.y, self.z = x, y, z
        self.vx, self.vy, self.vz = vx, vy, vz
        self.mass = mass


def system():
    return [
        Body(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 39.47),
        Body(4.84, -1.16, -0.10, 0.606, 2.81, -0.02, 0.037),
        Body(8.34, 4.12, -0.4, -1.01, 1.82, 0.008, 0.011),
        Body(12.89, -15.11, -0.22, 1.08, 0.868, -0.01, 0.0017),
        Body(15.37, -25.9, 0.179, 0.979, 0.594, -0.034, 0.002),
    ]


def energy(bodies):
    total = 0.0
    for i, a in enumerate(bodies):
        total += 0.5 * a.mass * (a.vx**2 + a.vy**2 + a.vz**2)
        for b in bodies[i + 1 :]:
            total -= a.mass * b.mass / math.sqrt((a.x - b.x) ** 2 + (a.y - b.y) ** 2 + (a.z - b.z) ** 2)
    return total


@numba.njit(cache=True)
def advance_arrays(at, velocity, mass, dt, steps):
    count = len(mass)
    for _ in range(steps):
        for i in range(count):
            for j in range(i + 1, count):
                dx = at[i, 0] - at[j, 0]
                dy = at[i, 1] - at[j, 1]
                dz = at[i, 2] - at[j, 2]
                squared = dx * dx + dy * dy + dz * dz
                pull = dt / (squared * math.sqrt(squared))
                velocity[i, 0] -= dx * mass[j] * pull
                velocity[i, 1] -= dy * mass[j] * pull
                velocity[i, 2] -= dz * mass[j] * pull
                velocity[j, 0] += dx * mass[i] * pull
                velocity[j, 1] += dy * mass[i] * pull
                velocity[j, 2] += dz * mass[i] * pull
        for i in range(count):
            for axis in range(3):
                at[i, axis] += dt * velocity[i, axis]


def advance(bodies, dt, steps):
    at = np.array([(b.x, b.y, b.z) for b in bodies])
    velocity = np.array([(b.vx, b.vy, b.vz) for b in bodies])
    advance_arrays(at, velocity, np.array([b.mass for b in bodies]), dt, steps)
    for body, (x, y, z), (vx, vy, vz) in zip(bodies, at.tolist(), velocity.tolist()):
        body.x, body.y, body.z = x, y, z
        body.vx, body.vy, body.vz = vx, vy, vz


if __name__ == "__main__":
    bodies = system()
    print("%.12g" % energy(bodies))
    advance(bodies, 0.001, 600000)
    print("%.12g" % energy(bodies))
