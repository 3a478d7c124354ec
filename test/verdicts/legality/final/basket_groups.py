import hashlib


def bucket(code):
    return hashlib.blake2b(code.encode(), digest_size=1).hexdigest()


codes = [f"SKU-{i * 7919 % 100003:06d}" for i in range(5_000)] * 200
groups = {}
for code in codes:
    groups.setdefault(bucket(code), []).append(code)
print(len(groups), next(iter(groups)))
print(groups["a0"][:3], groups["ff"][-2:])
