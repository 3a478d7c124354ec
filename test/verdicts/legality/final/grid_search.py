import itertools
import math


def loss(rate, decay, width):
    return round(abs(math.sin(rate * 9) * decay - math.log(width) / 3) + (rate - 0.4) ** 2, 3)


rates = [k / 80 for k in range(98)]
decays = [k / 90 for k in range(90)]
widths = range(1, 130)
lowest, setting = math.inf, None
for rate, decay, width in itertools.product(rates, decays, widths):
    found = loss(rate, decay, width)
    if found < lowest:
        lowest, setting = found, (rate, decay, width)
print(lowest, setting)
