"""An oscillator solved again for every damping rate by Runge-Kutta: steps depend on each other, rates do not."""

RATES = [0.05 * k for k in range(1, 41)]
STEPS = 90_000
STEP = 0.002


def acceleration(position, velocity, rate):
    return -position - rate * velocity * (1.0 - position * position)


def final_energy(rate):
    x, v = 1.5, 0.0
    for _ in range(STEPS):
        a1 = acceleration(x, v, rate)
        a2 = acceleration(x + 0.5 * STEP * v, v + 0.5 * STEP * a1, rate)
        a3 = acceleration(x + 0.5 * STEP * (v + 0.5 * STEP * a1), v + 0.5 * STEP * a2, rate)
        a4 = acceleration(x + STEP * (v + 0.5 * STEP * a2), v + STEP * a3, rate)
        x += STEP * (v + STEP * (a1 + a2 + a3) / 6.0)
        v += STEP * (a1 + 2.0 * a2 + 2.0 * a3 + a4) / 6.0
    return 0.5 * (x * x + v * v)


def main():
    energies = [final_energy(rate) for rate in RATES]
    print(f"{len(energies)} rates, energies from {min(energies):.6e} to {max(energies):.6e}")


if __name__ == "__main__":
    main()
