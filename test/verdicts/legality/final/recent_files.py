from collections import OrderedDict


class Recent:
    def __init__(self, size):
        self.size = size
        self.kept = OrderedDict()
        self.misses = 0

    def __getitem__(self, key):
        if key in self.kept:
            self.kept.move_to_end(key)
        else:
            self.misses += 1
            self.kept[key] = self.misses
            if len(self.kept) > self.size:
                self.kept.popitem(last=False)
        return self.kept[key]


recent = Recent(300)
wanted = [(k * k) % 977 if k % 3 else k % 40 for k in range(9_000)] * 160
got = []
for key in wanted:
    got.append(recent[key])
print(recent.misses, got[-3:], sum(got))
