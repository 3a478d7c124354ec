def averager():
    total, count, mean = 0.0, 0, None
    while True:
        value = yield mean
        total += value
        count += 1
        mean = total / count


meter = averager()
next(meter)
out = []
for k in range(1_500_000):
    out.append(round(meter.send((k * 7919) % 1000), 6))
print(out[1], out[1000], out[-1])
