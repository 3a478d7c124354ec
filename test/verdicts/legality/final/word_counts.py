from collections import Counter

WORDS = "alpha beta gamma delta epsilon zeta eta theta iota kappa".split()
lines = [", ".join(WORDS[(i * j + j) % 10] + ("s" if (i + j) % 4 == 0 else "") for j in range(6)) for i in range(1_500)] * 220

counts = Counter()
for line in lines:
    for word in line.split(","):
        word = word.strip().lower()
        if len(word) > 3:
            counts[word] += 1
print(counts.most_common(4))
print(list(counts)[:5], sum(counts.values()))
