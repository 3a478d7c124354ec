"""Answers questions about the energy used between two readings of a meter."""
from itertools import accumulate


def readings(count):
    return [(i * i * 17 + i * 3) % 257 for i in range(count)]


def questions(count, length):
    for q in range(count):
        first = (q * 7919) % (length // 2)
        last = first + (q * 104729) % (length // 2)
        yield first, last


def answer(data, asked):
    answers = []
    totals = [0, *accumulate(data)]
    for first, last in asked:
        answers.append(totals[last] - totals[first])
    return answers


data = readings(60000)
result = answer(data, questions(30000, len(data)))
print(len(result), max(result), min(result), sum(result))
