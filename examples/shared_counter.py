"""Processes that add to one shared counter under its lock for every number: they stand in line instead of working."""

from multiprocessing import Process, Value

WORKERS = 4
NUMBERS = 1_300_000


def count_odd(numbers, counter):
    for number in numbers:
        if number % 2:
            with counter.get_lock():
                counter.value += 1


def main():
    counter = Value("i", 0)
    workers = [Process(target=count_odd, args=(range(start, start + NUMBERS), counter)) for start in range(0, WORKERS * NUMBERS, NUMBERS)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    print(f"{counter.value} odd numbers")


if __name__ == "__main__":
    main()
