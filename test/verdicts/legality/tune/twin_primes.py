def is_prime(n):
    if n < 2 or n % 2 == 0:
        return n == 2
    d = 3
    while d * d <= n:
        if n % d == 0:
            return False
        d += 2
    return True


def twins(start, stop):
    total = 0
    for n in range(start | 1, stop, 2):
        if is_prime(n) and is_prime(n + 2):
            total += 1
    return total


def main():
    blocks = [(k * 1000, (k + 1) * 1000) for k in range(680)]
    found = []
    for start, stop in blocks:
        found.append(twins(start, stop))
    print(found[:10], sum(found))


main()
