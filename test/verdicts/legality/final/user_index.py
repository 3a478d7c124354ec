import hashlib

rows = [(f"user{i}", f"user{i}@example.org", i % 5) for i in range(600_000)]
index = {name: hashlib.md5(mail.encode()).hexdigest()[:8] + "abcde"[group] for name, mail, group in rows}
print(len(index), index["user0"], index["user777"], list(index)[-1])
