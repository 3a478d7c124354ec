"""A cell colony on an endless board."""
GLIDERS = [(1, 0), (2, 1), (0, 2), (1, 2), (2, 2)]
alive = set()
for copy in range(90):
    for x, y in GLIDERS:
        alive.add((x + 9 * copy, y + 5 * (copy % 7)))
for number in range(2600):
    alive.add((number * 13 % 161, number * number % 153))


def generation(alive):
    counts = {}
    for x, y in alive:
        for dx in (-1, 0, 1):
            for dy in (-1, 0, 1):
                if dx or dy:
                    key = (x + dx, y + dy)
                    if key in counts:
                        counts[key] += 1
                    else:
                        counts[key] = 1
    return {cell for cell, near in counts.items() if near == 3 or (near == 2 and cell in alive)}


for day in range(330):
    alive = generation(alive)
    if day % 50 == 0:
        print(day, len(alive))
print(len(alive), sum(x * y for x, y in alive))
