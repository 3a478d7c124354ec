"""Counts letter pairs in several parts of a text side by side."""
import threading


class Shard(threading.Thread):
    def __init__(self, text):
        super().__init__()
        self.text = text
        self.pairs = {}

    def run(self):
        before = ' '
        pairs = self.pairs
        for letter in self.text:
            if letter != ' ' and before != ' ':
                key = before + letter
                pairs[key] = pairs.get(key, 0) + 1
            before = letter


def text(words):
    stems = ['water', 'stone', 'river', 'light', 'corner', 'window', 'garden']
    return ' '.join(stems[number * number % 7] + stems[number % 5][:3] for number in range(words))


def main():
    whole = text(900_000)
    parts = 3
    size = len(whole) // parts
    shards = [Shard(whole[part * size : (part + 1) * size]) for part in range(parts)]
    for shard in shards:
        shard.start()
    for shard in shards:
        shard.join()
    total = {}
    for shard in shards:
        for key, count in shard.pairs.items():
            total[key] = total.get(key, 0) + count
    print(sorted(total.items(), key=lambda pair: -pair[1])[:4])


main()
