"""Writes an export as JSON lines, reads it again and checks it."""
import json
import os
import tempfile


def export(path, customers):
    with open(path, "w") as out:
        for number in range(customers):
            record = {"id": number, "name": f"customer {number % 8081}", "tags": ["a", "b", number % 5], "net": number * 7 % 1000}
            out.write(json.dumps(record))
            out.write("\n")


def check(path):
    net = 0
    last = -1
    with open(path) as lines:
        for line in lines:
            record = json.loads(line)
            if record["id"] != last + 1:
                raise ValueError(f"record {record['id']} after {last}")
            last = record["id"]
            net += record["net"]
    return last + 1, net


with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "export.jsonl")
    export(path, 450000)
    print(check(path), os.path.getsize(path))
