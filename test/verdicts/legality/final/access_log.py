import json
import re

LINE = re.compile(r'(\S+) - \[(\d+)\] "(\w+) (\S+)" (\d{3}) (\d+)')
log = [f'10.0.{i % 7}.{i % 251} - [{i}] "GET /p/{i % 97}" {200 if i % 13 else 404} {i * 31 % 5000}' for i in range(150_000)]


def parse(line):
    host, when, verb, path, status, size = LINE.match(line).groups()
    return json.dumps({"host": host, "t": int(when), "path": path, "ok": status == "200", "size": int(size)}, sort_keys=True)


entries = []
for line in log:
    entries.append(parse(line))
print(entries[0])
print(entries[-1], sum(map(len, entries)))
