WORDS = ["".join(p) for p in zip("abandcrestfound" * 4, "lightstonerivermap" * 3, "oceanpathways" * 4, "treeshadow" * 5)]


def distance(a, b):
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        previous, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (x != y))
    return row[-1]


misspelled = [f"{w}{'abcde'[k % 5]}{k}" for k in range(40) for w in WORDS[:94]]
suggested = {}
for word in misspelled:
    suggested[word] = min(WORDS, key=lambda known: (distance(word, known), known))
print(len(suggested), list(suggested.items())[:3])
