"""Ranks the players of each league by their points, and prints the cut for the play-offs."""
import random

random.seed(11)
leagues = {name: [random.random() for _ in range(400_000)] for name in ('east', 'west')}


def ranking(points):
    return sorted(points)


for season in range(7):
    for name, points in leagues.items():
        cut = ranking(points)[-1000]
        print(season, name, round(cut, 6))
