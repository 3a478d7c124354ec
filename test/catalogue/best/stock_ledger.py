"""Applies stock movements in order and writes a line for each one that fails."""
import io


class Stock:
    def __init__(self):
        self.level = {}
        self.log = io.StringIO()

    def move(self, number, item, amount):
        left = self.level.get(item, 50) + amount
        if left < 0:
            self.log.write(f"{number}: {item} short by {-left}\n")
            return False
        self.level[item] = left
        return True


stock = Stock()
failed = 0
seed = 3
for number in range(3000000):
    seed = (seed * 16807) % 2147483647
    if not stock.move(number, f"item-{seed % 601}", (seed >> 10) % 41 - 20):
        failed += 1
text = stock.log.getvalue()
print(failed, len(text), sum(stock.level.values()), text.splitlines()[-1])
