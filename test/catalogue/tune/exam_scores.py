"""Distribution of exam scores after curving."""
STUDENTS = 6000000
BINS = 50

counts = [0] * BINS
passed = 0
total = 0
for i in range(STUDENTS):
    score = (i * 7919 + 13) % 1001
    if score < 200:
        curved = score + 50
    elif score < 600:
        curved = score + 100
    else:
        curved = score
    if curved >= 500:
        passed += 1
    total += curved
    counts[min(curved * BINS // 1001, BINS - 1)] += 1
print(passed, total / STUDENTS)
print(counts)
