"""The largest gaps between neighbouring primes."""


def is_prime(number, small):
    for divisor in small:
        if divisor * divisor > number:
            return True
        if number % divisor == 0:
            return False
    return True


def primes(limit):
    small = [2]
    yield 2
    for number in range(3, limit, 2):
        if is_prime(number, small):
            small.append(number)
            yield number


gaps = []
last = 2
for prime in primes(1_000_000):
    gaps.append((prime - last, last))
    last = prime
gaps.sort(reverse=True)
for width, start in gaps[:6]:
    print(start, start + width, width)
