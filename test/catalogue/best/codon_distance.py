"""Alignment score of two short gene fragments."""
from functools import lru_cache

GAP = 2
MISMATCH = 3


class Aligner:
    def __init__(self, left, right):
        self.left = left
        self.right = right

    @lru_cache(maxsize=None)
    def cost(self, i, j):
        if i == len(self.left):
            return GAP * (len(self.right) - j)
        if j == len(self.right):
            return GAP * (len(self.left) - i)
        if self.left[i] == self.right[j]:
            paired = self.cost(i + 1, j + 1)
        else:
            paired = MISMATCH + self.cost(i + 1, j + 1)
        return min(paired, GAP + self.cost(i + 1, j), GAP + self.cost(i, j + 1))


pairs = [("GATTACAGG", "GCATGCAUT"), ("ACGTTGCA", "TGCATGCAA"), ("AAGGCCTTA", "CCTTAAGGA")]
pairs += [("TTAGGCATC", "TAGGACATT"), ("CCGATTAGC", "CGATTTAGG"), ("GATTCCAGA", "AGTTACCGA")]
for left, right in pairs:
    print(left, right, Aligner(left, right).cost(0, 0))
