names = [f"n{(i * i * 7 + i) % 6007}" for i in range(10_000)] * 430

seen = set()
firsts = []
for position, name in enumerate(names):
    key = name.upper().strip("N")
    if key in seen:
        continue
    seen.add(key)
    firsts.append((position, key))
print(len(firsts), firsts[:3], firsts[-1])
