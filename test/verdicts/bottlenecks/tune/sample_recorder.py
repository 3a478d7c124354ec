"""Records the readings of a probe and keeps a running trace of them."""
import numpy as np


class Recorder:
    def __init__(self):
        self.trace = np.zeros(0)

    def record(self, reading):
        self.trace = np.append(self.trace, reading)


def readings(count):
    value = 0.5
    for _ in range(count):
        value = 3.7 * value * (1 - value)
        yield value


recorder = Recorder()
for reading in readings(38_000):
    recorder.record(reading)
print(len(recorder.trace), round(float(recorder.trace.mean()), 6), round(float(recorder.trace.std()), 6))
