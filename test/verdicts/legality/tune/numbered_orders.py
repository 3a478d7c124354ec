class Order:
    next_number = 1000

    def __init__(self, lines):
        self.number = Order.next_number
        Order.next_number += 1 if lines < 4 else 2
        self.lines = lines

    def total(self):
        return sum(self.number % 7 + k for k in range(self.lines))


orders = []
for i in range(810_000):
    orders.append(Order(i * 7919 % 6).total())
print(orders[:6], orders[-1], sum(orders))
