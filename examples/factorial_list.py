"""The factorials of many numbers, each worked out from its first factor on: large whole numbers, which no compiler of kernels holds."""

NUMBERS = range(1_300, 2_550)


def factorial(n):
    result = 1
    for factor in range(2, n + 1):
        result *= factor
    return result


def digit_sum(number):
    total = 0
    while number:
        number, rest = divmod(number, 10**18)
        while rest:
            rest, digit = divmod(rest, 10)
            total += digit
    return total


def describe(n):
    return digit_sum(factorial(n))


def main():
    sums = [describe(n) for n in NUMBERS]
    print(f"{len(sums)} factorials; the digits of the last add up to {sums[-1]}, those of all to {sum(sums)}")


if __name__ == "__main__":
    main()
