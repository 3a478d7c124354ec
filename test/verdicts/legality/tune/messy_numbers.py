def clean(text):
    return float(text.replace(",", "").strip(" $"))


raw = [f" ${i * 37 % 9999:,}.{i % 100:02d}" if i % 23 else "n/a" for i in range(9_000)] * 270
values = []
bad = 0
for text in raw:
    try:
        values.append(clean(text))
    except ValueError:
        bad += 1
        continue
print(len(values), bad, sum(values))
