"""Finds the dictionary word that is nearest to a misspelt one (Levenshtein)."""


def edit_distance(a, b):
    previous = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        current = [i]
        for j, y in enumerate(b, 1):
            current.append(min(previous[j] + 1, current[j - 1] + 1, previous[j - 1] + (x != y)))
        previous = current
    return previous[-1]


def word(seed, length):
    out = []
    for _ in range(length):
        seed = (seed * 16807 + 7) % 2147483647
        out.append("etaoinshrdlu"[seed % 12])
    return "".join(out)


dictionary = [word(i + 1, 30 + i % 9) for i in range(300)]
for typo in [word(77777 + i, 32) for i in range(32)]:
    distances = [edit_distance(typo, candidate) for candidate in dictionary]
    best = min(distances)
    print(typo[:12], best, dictionary[distances.index(best)][:12])
