STEPS = 4_000_000
pending = [(1, 0)]
leaves = []
for _ in range(STEPS):
    value, level = pending.pop()
    if level < 19:
        pending.append((value * 3 % 1_000_003, level + 1))
        pending.append((value * 5 % 1_000_003 + 1, level + 1))
    else:
        leaves.append(value)
    if not pending:
        pending.append((value + 7, 0))
print(len(leaves), leaves[:5], leaves[-1], len(pending))
