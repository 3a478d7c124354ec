"""Distribution of exam scores after curving."""
import numpy as np

STUDENTS = 6000000
BINS = 50

i = np.arange(STUDENTS, dtype=np.int64)
score = (i * 7919 + 13) % 1001
curved = np.where(score < 200, score + 50, np.where(score < 600, score + 100, score))
passed = int(np.count_nonzero(curved >= 500))
total = int(curved.sum())
counts = np.bincount(np.minimum(curved * BINS // 1001, BINS - 1), minlength=BINS).tolist()
print(passed, total / STUDENTS)
print(counts)
