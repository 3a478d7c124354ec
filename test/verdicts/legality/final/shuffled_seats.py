import random

GUESTS = 900_000
seat = list(range(GUESTS))
random.Random(11).shuffle(seat)
plan = [None] * GUESTS
for guest in range(GUESTS):
    plan[seat[guest]] = (guest * 31 % 1000) / 8 + guest % 7
print(plan[:4], plan[-4:])
print(sum(k * v for k, v in enumerate(plan[:2000])))
