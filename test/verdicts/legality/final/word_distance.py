def distance(a, b):
    table = [[0] * (len(b) + 1) for _ in range(len(a) + 1)]
    for j in range(len(b) + 1):
        table[0][j] = j
    for i in range(1, len(a) + 1):
        table[i][0] = i
        for j in range(1, len(b) + 1):
            cost = 0 if a[i - 1] == b[j - 1] else 1
            table[i][j] = min(table[i - 1][j] + 1, table[i][j - 1] + 1, table[i - 1][j - 1] + cost)
    return table[-1][-1]


LENGTH = 1900
left = "".join("abcd"[i * i % 11 % 4] for i in range(LENGTH))
right = "".join("abdc"[i * i % 13 % 4] for i in range(LENGTH))
print(distance(left, right))
