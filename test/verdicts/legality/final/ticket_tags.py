def tag(name, seen=[]):
    if not seen or seen[-1] != name[:3]:
        seen.append(name[:3])
    return f"{name}#{len(seen)}"


names = [f"{'abcde'[(i // 7) % 5] * 3}-{i}" for i in range(1_500_000)]
tags = []
for name in names:
    tags.append(tag(name).upper())
print(tags[0], tags[1000], tags[-1])
