"""Plays a card game with a seeded shuffle; every game starts from the deck that the last one left."""
import random


def war(rng, deck):
    rng.shuffle(deck)
    left, right = deck[:26], deck[26:]
    rounds = 0
    while left and right and rounds < 200:
        a, b = left.pop(), right.pop()
        rounds += 1
        if a // 4 >= b // 4:
            left[:0] = [a, b] if rng.random() < 0.5 else [b, a]
        else:
            right[:0] = [b, a] if rng.random() < 0.5 else [a, b]
    return left + right, rounds


def tournament(games, seed):
    rng = random.Random(seed)
    deck = list(range(52))
    total = 0
    for _ in range(games):
        deck, rounds = war(rng, deck)
        total += rounds
    return total, deck[:5]


print(tournament(45000, 11))
