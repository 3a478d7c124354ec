"""Drops the messages of blocked senders and keeps the others in order."""


class Filter:
    def __init__(self, blocked):
        self.blocked = list(blocked)

    def keep(self, messages):
        return [m for m in messages if m[0] not in self.blocked]


def addresses(start, count, step):
    return ["user%06d@example.org" % ((start + i * step) % 40000) for i in range(count)]


spam = Filter(addresses(5, 4000, 9))
inbox = [(sender, "message %d" % number) for number, sender in enumerate(addresses(0, 64000, 7))]
kept = spam.keep(inbox)
print(len(kept), kept[0], kept[-1], sum(len(text) for _, text in kept))
