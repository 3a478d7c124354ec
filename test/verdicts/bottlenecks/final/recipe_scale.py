"""Scales a recipe for a party."""
RECIPE = {'flour': (500, 'g'), 'milk': (0.75, 'l'), 'eggs': (4, ''), 'salt': (1, 'tsp')}


def scaled(recipe, people, serves=4):
    return {name: (round(amount * people / serves, 2), unit) for name, (amount, unit) in recipe.items()}


for people in (2, 6, 15):
    print(people, ', '.join(f'{amount:g} {unit} {name}'.replace('  ', ' ') for name, (amount, unit) in scaled(RECIPE, people).items()))
