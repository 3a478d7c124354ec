"""Checksums of many numbers, spread over worker processes."""


def checksum(number):
    return (number * number + 7 * number) % 9973


if __name__ == "__main__":
    results = [checksum(number) for number in range(14000)]
    print(len(results), sum(results), results[-3:])
