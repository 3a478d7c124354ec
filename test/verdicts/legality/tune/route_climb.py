import math

points = 3_000_000
climb = 0.0
turns = 0
height = 0.0
rising = True
for p in range(points):
    h = 120 * math.sin(p / 700) + 15 * math.sin(p / 31)
    if h > height:
        climb += h - height
        turns += not rising
        rising = True
    else:
        turns += rising
        rising = False
    height = h
print(climb, turns)
