"""Adds a field to each of many small records; the record is larger than the work."""


def records(count):
    return [{"id": i, "first": f"f{i % 911}", "last": f"l{i % 733}", "city": f"c{i % 97}", "tags": [i % 3, i % 5]} for i in range(count)]


def label(record):
    record["label"] = record["last"] + ", " + record["first"]
    return record


people = records(1000000)
for place, person in enumerate(people):
    people[place] = label(person)
print(len(people), people[0], people[-1]["label"], sum(len(p["label"]) for p in people))
