"""How hot does the tip of a cooling fin get when its material and the air flow are uncertain?

A straight fin with an adiabatic tip: theta_tip = theta_base / cosh(m L) with m = sqrt(h P / (k A)).
"""

import numpy as np

SAMPLES = 1_200_000
BASE_EXCESS = 80.0  # K above the air
LENGTH = 0.05  # m
WIDTH = 0.02  # m
THICKNESS = 0.002  # m


def tip_excess(convection, conductivity):
    """Temperature of the tip above the air, in K."""
    perimeter = 2 * (WIDTH + THICKNESS)
    area = WIDTH * THICKNESS
    m = np.sqrt(convection * perimeter / (conductivity * area))
    return BASE_EXCESS / np.cosh(m * LENGTH)


def main():
    rng = np.random.default_rng(7)
    convection = rng.normal(60.0, 6.0, SAMPLES)
    conductivity = rng.normal(180.0, 9.0, SAMPLES)
    excess = np.array([tip_excess(h, k) for h, k in zip(convection, conductivity)])
    print(f"mean {np.mean(excess):.4f} K")
    print(f"standard deviation {np.std(excess):.4f} K")
    print(f"95th percentile {np.percentile(excess, 95):.4f} K")


if __name__ == "__main__":
    main()
