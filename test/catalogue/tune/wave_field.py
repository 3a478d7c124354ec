"""A wave on a membrane, computed with array operations."""
import numpy as np

SIZE = 700
now = np.zeros((SIZE, SIZE))
now[SIZE // 3, SIZE // 2] = 1.0
before = now.copy()
bend = np.empty((SIZE - 2, SIZE - 2))
for _ in range(500):
    np.add(now[:-2, 1:-1], now[2:, 1:-1], out=bend)
    bend += now[1:-1, :-2]
    bend += now[1:-1, 2:]
    bend *= 0.25
    bend -= now[1:-1, 1:-1]
    before[1:-1, 1:-1] *= -1.0
    before[1:-1, 1:-1] += 2.0 * now[1:-1, 1:-1] + bend
    now, before = before, now
print("%.10g %.10g %.10g" % (now.sum(), np.abs(now).max(), (now * now).sum()))
