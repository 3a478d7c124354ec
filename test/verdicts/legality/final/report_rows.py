rows = [(i, f"station {i % 311}", (i * 7919 % 4000) / 100 - 10, (i * 31) % 100) for i in range(5_000)] * 160
lines = ["{:06d} | {:<14s} | {:+7.2f} C | {:3d} % | {}".format(i, name, t, h, "ok" if h < 95 else "wet") for i, name, t, h in rows]
print(lines[0])
print(lines[-1])
print(sum(map(len, lines)))
