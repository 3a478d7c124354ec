"""Cleans names with a pool of workers and adds up how long they are."""
from concurrent.futures import ProcessPoolExecutor


def clean(name):
    return name.strip().title()


def names(count):
    return [f'  person {number * 7919 % 10007} ' for number in range(count)]


if __name__ == '__main__':
    with ProcessPoolExecutor(max_workers=2) as pool:
        print(sum(map(len, pool.map(clean, names(11_000)))))
