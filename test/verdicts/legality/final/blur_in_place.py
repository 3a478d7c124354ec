def blur(a):
    for i in range(1, len(a) - 1):
        a[i] = (a[i - 1] + 2 * a[i] + a[i + 1]) / 4
    return a


row = [float((i * 7919) % 255) for i in range(1_800)] * 2700
blur(row)
print(row[1], row[1000], row[-2], sum(row))
