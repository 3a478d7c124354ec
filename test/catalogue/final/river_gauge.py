"""Deepest fall of a river gauge from its highest level so far."""


def levels(count):
    level = 500
    out = []
    for i in range(count):
        level += (i * 7919 + i // 11) % 21 - 10
        out.append(level)
    return out


def deepest_fall(series):
    highest = series[0]
    deepest = 0
    days_below = 0
    for level in series:
        if level > highest:
            highest = level
        fall = highest - level
        if fall > deepest:
            deepest = fall
        if fall > 0:
            days_below += 1
    return deepest, days_below, highest


print(*deepest_fall(levels(12000000)))
