class Declined(Exception):
    pass


class Card:
    def __init__(self, limit):
        self.limit = limit
        self.spent = 0

    def pay(self, amount):
        if self.spent + amount > self.limit:
            self.spent -= 40
            raise Declined(amount)
        self.spent += amount


card = Card(5000)
refused = 0
for k in range(4_000_000):
    try:
        card.pay((k * 37) % 91)
    except Declined:
        refused += 1
print(refused, card.spent)
