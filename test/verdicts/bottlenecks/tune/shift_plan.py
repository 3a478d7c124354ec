"""Prints the shifts of a small team for a week."""
PEOPLE = ['Ada', 'Ben', 'Cy', 'Dot', 'Eve']
DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri']


def plan(week):
    return {day: [PEOPLE[(place + week + turn) % len(PEOPLE)] for turn in range(2)] for place, day in enumerate(DAYS)}


for week in range(4):
    print(week, '; '.join(f'{day}: {" and ".join(names)}' for day, names in plan(week).items()))
