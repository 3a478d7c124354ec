def source(count):
    for i in range(count):
        yield f"name: item {i}"
        if i % 3 == 0:
            yield f"size: {i * 37 % 101}"


def parse(lines):
    records = []
    lines = iter(lines)
    for line in lines:
        name = line.partition(": ")[2]
        size = 0
        if int(name.split()[1]) % 3 == 0:
            size = int(next(lines).partition(": ")[2])
        records.append((name, size))
    return records


records = parse(source(800_000))
print(len(records), records[0], records[-1], sum(s for _, s in records))
