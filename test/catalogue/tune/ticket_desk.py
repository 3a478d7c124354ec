"""A help desk that always takes the most urgent open ticket."""


class Desk:
    def __init__(self):
        self.open = []
        self.closed = []

    def arrive(self, number):
        urgency = (number * 2654435761) % 1000
        self.open.append((urgency, number))

    def take_next(self):
        ticket = min(self.open)
        self.open.remove(ticket)
        self.closed.append(ticket)


def simulate(tickets):
    desk = Desk()
    number = 0
    while number < tickets:
        for _ in range(3):
            desk.arrive(number)
            number += 1
        desk.take_next()
    while desk.open:
        desk.take_next()
    return desk.closed


closed = simulate(14000)
print(len(closed), closed[:3], closed[-3:])
print(sum(place * urgency for place, (urgency, _) in enumerate(closed)))
