def relax_odd(u, f):
    n = len(u)
    for i in range(1, n - 1, 2):
        u[i] = 0.5 * (u[i - 1] + u[i + 1] - f[i]) + 0.1 * u[i]


u = [(i * 7919 % 1000) / 100 for i in range(2_001)] * 1_801
f = [(i * 31 % 50) / 1000 for i in range(2_001)] * 1_801
relax_odd(u, f)
print(u[:5], u[-5:], sum(u))
