"""Solves a dense linear system by LU decomposition without pivots."""


def stiffness(n):
    a = [[((i * 13 + j * 7) % 11) / 10.0 for j in range(n)] for i in range(n)]
    for i in range(n):
        a[i][i] += n
    return a


def decompose(a):
    n = len(a)
    for k in range(n):
        for i in range(k + 1, n):
            a[i][k] /= a[k][k]
            for j in range(k + 1, n):
                a[i][j] -= a[i][k] * a[k][j]


def substitute(lu, b):
    n = len(lu)
    x = b[:]
    for i in range(n):
        for j in range(i):
            x[i] -= lu[i][j] * x[j]
    for i in range(n - 1, -1, -1):
        for j in range(i + 1, n):
            x[i] -= lu[i][j] * x[j]
        x[i] /= lu[i][i]
    return x


n = 490
lu = stiffness(n)
decompose(lu)
x = substitute(lu, [float(i % 7) for i in range(n)])
print("%.8g %.8g %.8g" % (x[1], x[n // 2], sum(abs(value) for value in x)))
