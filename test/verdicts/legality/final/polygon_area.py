import math

CORNERS = 530_000
xs = [math.cos(2 * math.pi * k / CORNERS) * (10 + k % 3) for k in range(CORNERS)]
ys = [math.sin(2 * math.pi * k / CORNERS) * (10 + k % 3) for k in range(CORNERS)]

twice = 0.0
i = 0
while i < len(xs):
    j = i + 1 if i + 1 < len(xs) else 0
    twice += xs[i] * ys[j] - xs[j] * ys[i]
    twice += 0.0 if xs[i] != xs[j] else abs(ys[i] - ys[j]) * 1e-9
    i += 1
print(twice / 2)
