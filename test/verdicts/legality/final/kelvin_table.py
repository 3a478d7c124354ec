import math

readings = [((k * 7919) % 4001) / 40 - 50 for k in range(4_001)] * 1000
saturation = [6.112 * math.exp(17.62 * t / (243.12 + t)) * (1 + 1e-4 * math.sin(t)) ** 1.5 for t in readings]
print(saturation[0], saturation[len(saturation) // 2], saturation[-1])
print(max(saturation))
