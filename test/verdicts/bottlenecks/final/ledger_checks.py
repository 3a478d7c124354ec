"""Checks that each branch's ledger adds up."""
from multiprocessing import Pool


def ledger(branch):
    return {f'{branch}-{number}': (number * 31 % 997, f'entry {number}') for number in range(9000)}


def balanced(book):
    return len(book) % 2 == 0


def main():
    books = [ledger(branch) for branch in range(12)]
    with Pool(2) as pool:
        for week in range(20):
            marks = pool.map(balanced, books, chunksize=1)
    print(sum(marks), len(marks))


if __name__ == '__main__':
    main()
