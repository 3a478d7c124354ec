"""A relay: one process makes orders, the next adds their tax, and the program adds them up."""
import multiprocessing


def make(orders, count):
    for number in range(count):
        orders.put(100 + number % 900)
    orders.put(None)


def tax(orders, taxed):
    while (cents := orders.get()) is not None:
        taxed.put(cents * 119 // 100)
    taxed.put(None)


def main(count=50_000):
    orders, taxed = multiprocessing.Queue(), multiprocessing.Queue()
    stages = [multiprocessing.Process(target=make, args=(orders, count)), multiprocessing.Process(target=tax, args=(orders, taxed))]
    for stage in stages:
        stage.start()
    total = 0
    while (cents := taxed.get()) is not None:
        total += cents
    for stage in stages:
        stage.join()
    print(total)


if __name__ == '__main__':
    main()
