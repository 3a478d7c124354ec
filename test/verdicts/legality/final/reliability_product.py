import math

parts = 2_800_000
survival = 1.0
for part in range(parts):
    hazard = 1e-7 * (1 + (part * 31) % 17) / 17
    stress = 1 + 0.2 * math.cos(part)
    survival *= math.exp(-hazard * stress)
print(survival)
