import math

left = 5.0e8
legs = 2_000_000
for leg in range(legs):
    wind = 12 * math.sin(leg * 0.1)
    burn = 3.1 + 0.02 * wind + (leg % 17) * 0.05
    left -= burn
print(left)
