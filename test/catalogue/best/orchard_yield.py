"""Monte Carlo estimate of an orchard's yield under frost, drought and pests."""
import numba
import numpy as np


@numba.njit(cache=True)
def season():
    fruit = 120.0
    for week in range(20):
        if week < 5 and np.random.random() < 0.08:
            fruit *= 0.7
        if np.random.random() < 0.1:
            fruit -= 4.0 + week * 0.25
        elif fruit < 100.0:
            fruit += 1.5
    return max(fruit, 0.0)


# numba's generator draws the same numbers as numpy's for the same seed
@numba.njit(cache=True)
def simulate(seasons, seed):
    np.random.seed(seed)
    total = squares = worst = 0.0
    for number in range(seasons):
        fruit = season()
        total += fruit
        squares += fruit * fruit
        worst = fruit if number == 0 else min(worst, fruit)
    return total / seasons, squares / seasons, worst


print("%.9g %.9g %.9g" % simulate(350000, 2024))
