"""The sum of the squares of the whole numbers below a limit. The result is larger than a 64-bit integer can hold."""

LIMIT = 60_000_000


def sum_of_squares(limit):
    total = 0
    for number in range(limit):
        total += number * number
    return total


print(sum_of_squares(LIMIT))
