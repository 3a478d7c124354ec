words = [f"w{(i * i * 31 + i) % 40093:x}" for i in range(30_000)] * 270


def encode(words):
    ids = {}
    coded = []
    for word in words:
        coded.append(ids.setdefault(word, len(ids)))
    return ids, coded


ids, coded = encode(words)
print(len(ids), coded[:10], coded[-1], sum(coded))
