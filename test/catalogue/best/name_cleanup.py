"""Normalises names, one by one; a task takes less than a microsecond or two."""


def clean(name):
    return name.strip().title().replace("Mc", "Mac")


def names(count):
    for i in range(count):
        yield f"  mcname{i} o{i % 31}brien "


cleaned = [clean(name) for name in names(3300000)]
print(len(cleaned), cleaned[0], cleaned[-1], sum(map(len, cleaned)))
