import math
import random

ROOMS = 900
order = list(range(1000))
random.Random(11).shuffle(order)
seat = [room * 1000 + place for room in range(ROOMS) for place in order]
plan = [None] * len(seat)
for guest in range(len(seat)):
    comfort = math.sqrt(guest * 31 % 1000) / 8 + math.sin(guest % 7)
    plan[seat[guest]] = round(comfort, 3)
print(plan[:4], plan[-4:])
print(sum(k * v for k, v in enumerate(plan[:2000])))
