import math

CORNERS = 3_600
TURNS = 680
xs = [math.cos(2 * math.pi * k / CORNERS) * (10 + k % 3) for k in range(CORNERS)] * TURNS
ys = [math.sin(2 * math.pi * k / CORNERS) * (10 + k % 3) for k in range(CORNERS)] * TURNS

twice = 0.0
i = 0
while i < len(xs):
    j = i + 1 if i + 1 < len(xs) else 0
    twice += xs[i] * ys[j] - xs[j] * ys[i]
    i += 1
print(twice / 2)
