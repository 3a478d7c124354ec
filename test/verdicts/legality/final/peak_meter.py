def max(held, level):
    held = held * 0.9995
    return level if level > held else held


peak = 0.0
for k in range(6_500_000):
    level = (k * 7919 % 1009) / 10 if k % 10_000 < 500 else 0.25
    peak = max(peak, level)
print(peak)
