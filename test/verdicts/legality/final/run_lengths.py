bits = "".join("ab"[(i * i // 5) % 7 % 2] for i in range(20_000)) * 160

runs = []
current, length = "", 0
for c in bits:
    if c == current:
        length += 1
    else:
        if length:
            runs.append((current, length))
        current, length = c, 1
runs.append((current, length))
print(len(runs), runs[:4], runs[-1], sum(n * n for _, n in runs))
