"""The longest Collatz chain below a limit."""
LIMIT = 500000


def chain_length(n):
    length = 1
    while n != 1:
        if n % 2 == 0:
            n = n // 2
        else:
            n = 3 * n + 1
        length += 1
    return length


def longest(limit):
    best_start = best_length = 0
    for start in range(1, limit):
        length = chain_length(start)
        if length > best_length:
            best_start, best_length = start, length
    return best_start, best_length


print(longest(LIMIT))
