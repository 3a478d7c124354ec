import math

hits = 0
kept = []
for k in range(3_000_000):
    amplitude = math.sin(k * 0.37) * math.cos(k * 0.011)
    if amplitude > 0.5:
        hits += 1
        if hits % 700 == 0:
            kept.append(round(amplitude, 9))
print(hits, len(kept), kept[:3], sum(kept))
