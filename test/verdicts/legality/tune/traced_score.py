import math


def score(x):
    return math.exp(-x / 50) * math.cos(x)


def sampled(function):
    calls = [0]

    def wrapper(x):
        calls[0] += 1
        return function(x) if calls[0] % 10 else round(function(x), 1)

    return wrapper


score = sampled(score)
values = [(k * 7919) % 1013 / 11 for k in range(11_003)] * 260
scores = []
for value in values:
    scores.append(score(value))
print(scores[0], scores[-1], sum(scores))
