"""Longest Collatz chains, found by workers that take ranges from a queue."""
import argparse
import queue
import threading


def chain(number):
    steps = 0
    while number != 1:
        number = number * 3 + 1 if number & 1 else number >> 1
        steps += 1
    return steps


def worker(jobs, found):
    while True:
        start, end = jobs.get()
        if start is None:
            return
        found.append(max((chain(number), number) for number in range(start, end)))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--workers', type=int, default=4)
    parser.add_argument('--limit', type=int, default=120_000)
    options = parser.parse_args()
    jobs = queue.Queue()
    found = []
    threads = [threading.Thread(target=worker, args=(jobs, found)) for _ in range(options.workers)]
    for thread in threads:
        thread.start()
    for start in range(1, options.limit, 4000):
        jobs.put((start, start + 4000))
    for _ in threads:
        jobs.put((None, None))
    for thread in threads:
        thread.join()
    print(max(found))


main()
