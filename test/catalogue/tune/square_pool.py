"""Checksums of many numbers, spread over worker processes."""
from concurrent.futures import ProcessPoolExecutor


def checksum(number):
    return (number * number + 7 * number) % 9973


if __name__ == "__main__":
    with ProcessPoolExecutor(max_workers=2) as pool:
        futures = [pool.submit(checksum, number) for number in range(14000)]
        results = [future.result() for future in futures]
    print(len(results), sum(results), results[-3:])
