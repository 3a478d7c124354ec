"""A second-order low-pass filter, an envelope follower and a noise gate."""
import math


def signal(count):
    return [math.sin(i * 0.02) + 0.3 * math.sin(i * 1.7) + (i % 5 - 2) * 0.1 for i in range(count)]


def process(samples):
    x1 = x2 = y1 = y2 = 0.0
    envelope = 0.0
    opened = 0
    out = []
    for x in samples:
        y = 0.0675 * x + 0.1349 * x1 + 0.0675 * x2 + 1.143 * y1 - 0.4128 * y2
        x2, x1 = x1, x
        y2, y1 = y1, y
        size = abs(y)
        if size > envelope:
            envelope += 0.2 * (size - envelope)
        else:
            envelope += 0.002 * (size - envelope)
        if envelope > 0.35:
            opened += 1
            out.append(y)
        else:
            out.append(0.0)
    return out, opened, envelope


samples = signal(300000)
for _ in range(36):
    filtered, opened, envelope = process(samples)
print("%.9g" % sum(abs(value) for value in filtered), opened, "%.9g" % envelope)
