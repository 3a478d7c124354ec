def labeller(prefix):
    issued = 0

    def label(item):
        nonlocal issued
        if item % 3:
            issued += 1
        return f"{prefix}-{issued:07d}-{item % 97}"

    return label


label = labeller("PX")
labels = [label(item) for item in range(2_200_000)]
print(labels[0], labels[999], labels[-1])
