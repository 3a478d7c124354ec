"""Counts votes in worker processes that share a dictionary."""
from multiprocessing import Manager, Process


def votes(district):
    for i in range(4000):
        yield f"list-{(i * 7 + district * i) % 13}"


def count(district, totals, lock):
    for name in votes(district):
        with lock:
            totals[name] = totals.get(name, 0) + 1


def main():
    with Manager() as manager:
        totals = manager.dict()
        lock = manager.Lock()
        workers = [Process(target=count, args=(district, totals, lock)) for district in (1, 2)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        for name in sorted(totals.keys()):
            print(name, totals[name])


if __name__ == "__main__":
    main()
