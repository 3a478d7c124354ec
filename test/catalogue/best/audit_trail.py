"""Appends events to a trail and reads back where the last one of its kind was."""
import os
import tempfile


def write(path, events):
    last = {}
    check = at = 0
    with open(path, "wb") as trail:
        for number in range(events):
            kind = b"kind-%d" % (number * 7919 % 1013)
            before = last.get(kind, 0)
            last[kind] = at
            at += trail.write(b"%s %d %d\n" % (kind, number, before))
            check = (check * 31 + before) % 1000003
    return check, os.path.getsize(path)


with tempfile.TemporaryDirectory() as folder:
    print(*write(os.path.join(folder, "trail"), 3600000))
