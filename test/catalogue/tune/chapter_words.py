"""The most used words of a book."""

SYLLABLES = ["ka", "lo", "mi", "ra", "ten", "sho", "vu", "an", "el", "or", "ti", "bu"]


def book(words):
    seed = 99
    out = []
    for _ in range(words):
        seed = (seed * 16807) % 2147483647
        a, b, c = seed % 12, seed // 12 % 12, seed // 144 % 12
        out.append(SYLLABLES[a] + SYLLABLES[b] + SYLLABLES[c])
    return " ".join(out)


text = book(100000)
words = text.split()
frequency = {}
for word in sorted(set(words)):
    frequency[word] = words.count(word)
top = sorted(frequency.items(), key=lambda item: (-item[1], item[0]))[:12]
for word, number in top:
    print(word, number)
print(len(frequency), sum(frequency.values()))
