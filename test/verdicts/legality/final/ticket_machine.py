class Machine:
    def __init__(self):
        self._number = 0

    @property
    def number(self):
        self._number += 1
        return self._number


machine = Machine()
customers = [(i * 7919) % 3 for i in range(9_001)] * 260
printed = []
for kind in customers:
    if kind == 2:
        printed.append((kind, 0))
    else:
        printed.append((kind, machine.number))
print(printed[:5], printed[-1], sum(n * k for k, n in printed))
