import math
import time

EVENTS = 2_300_000
stamps = [0] * EVENTS
for k in range(EVENTS):
    weight = math.sqrt(k) + math.sin(k) + math.cos(k)
    stamps[k] = time.perf_counter_ns() if weight > -9 else 0
print("in order:", all(a <= b for a, b in zip(stamps, stamps[1:])))
