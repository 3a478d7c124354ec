"""Counts visits by page in a table that several workers share."""
from multiprocessing import Manager, Process


def count(table, lock, pages):
    for page in pages:
        with lock:
            table[page] = table.get(page, 0) + 1


def main():
    with Manager() as manager:
        table = manager.dict()
        lock = manager.Lock()
        workers = [Process(target=count, args=(table, lock, [(number * k) % 17 for number in range(4000)])) for k in (3, 5)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        print(sorted(table.items())[:5], sum(table.values()))


if __name__ == '__main__':
    main()
