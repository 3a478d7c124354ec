def smooth(a):
    out = a[:]
    for i in range(1, len(a) - 1):
        out[i] = (a[i - 1] + 2 * a[i] + a[i + 1]) / 4
    return out


height = [float((i * 7919) % 1009) for i in range(1_801)] * 3200
soft = smooth(height)
print(soft[1], soft[-2], sum(soft[::1000]))
