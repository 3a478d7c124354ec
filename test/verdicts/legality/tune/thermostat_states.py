import math


def simulate(minutes):
    heating = False
    switches = on_minutes = 0
    for minute in range(minutes):
        t = 20 + 2.5 * math.sin(minute / 37) + math.sin(minute * 1.7)
        if heating and t > 21:
            heating = False
            switches += 1
        elif not heating and t < 19:
            heating = True
            switches += 1
        on_minutes += heating
    return switches, on_minutes


print(simulate(3_000_000))
