def stem(word):
    for ending in ("ations", "ation", "ings", "ing", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


roots = [f"{a}{b}{c}" for a in "bcdfg" for b in "aeiou" for c in "lmnprst"]
endings = ["", "s", "ing", "ed", "ation", "es"]
text = [roots[(i * i + 7 * i) % len(roots)] + endings[i % 6] for i in range(9_000)] * 220
stems = {stem(word) for word in text}
print(len(stems), sorted(stems)[:5])
