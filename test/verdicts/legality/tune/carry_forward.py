def fill(raw):
    filled = raw
    for i in range(1, len(raw)):
        if raw[i] is None:
            filled[i] = raw[i - 1]
        else:
            filled[i] = raw[i] * 1.8 + 32
    return filled


READINGS = 7300
raw = [21] + [None if (i * 7919) % 5 < 3 else (i * 13) % 40 for i in range(2_011)] * READINGS
filled = fill(raw)
print(filled[:12], filled[-1], sum(filled))
