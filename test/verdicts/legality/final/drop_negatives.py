def clean(values):
    for v in values:
        if v % 7 == 3:
            values.remove(v)
    return values


values = [(i * 7919) % 30011 for i in range(46_000)]
left = clean(values)
print(len(left), left[:5], left[-1], sum(left))
