"""Length of the longest common subsequence of two strands."""


def strand(length, seed):
    letters = []
    for _ in range(length):
        seed = (seed * 69069 + 1) % 4294967296
        letters.append("ACGT"[seed >> 30])
    return "".join(letters)


def common_length(a, b):
    table = [[0] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            if a[i - 1] == b[j - 1]:
                table[i][j] = table[i - 1][j - 1] + 1
            else:
                table[i][j] = max(table[i - 1][j], table[i][j - 1])
    return table[len(a)][len(b)]


print(common_length(strand(3400, 1), strand(3700, 2)))
