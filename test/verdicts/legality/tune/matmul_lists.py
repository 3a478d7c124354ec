def multiply(a, b):
    n, m, p = len(a), len(b), len(b[0])
    out = [[0.0] * p for _ in range(n)]
    for i in range(n):
        for j in range(p):
            cell = 0.0
            for k in range(m):
                cell += a[i][k] * b[k][j]
            out[i][j] = cell
    return out


size = 240
a = [[(i * j) % 10 / 3 for j in range(size)] for i in range(size)]
b = [[(i + j) % 7 / 5 for j in range(size)] for i in range(size)]
c = multiply(a, b)
print(c[0][0], c[3][5], c[-1][-1])
