import math
from itertools import combinations

corners = [(math.cos(k * 2.4) * k, math.sin(k * 2.4) * k) for k in range(250)]
area = 0.0
slim = 0
for (ax, ay), (bx, by), (cx, cy) in combinations(corners, 3):
    twice = abs((bx - ax) * (cy - ay) - (cx - ax) * (by - ay))
    area += twice / 2
    if twice < 10:
        slim += 1
print(area, slim)
