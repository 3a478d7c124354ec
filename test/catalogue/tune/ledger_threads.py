"""Checks ledgers for errors, with one thread per ledger."""
import threading
from decimal import Decimal
from fractions import Fraction


def check(number, lines):
    shares = Fraction(0)
    balance = Decimal(0)
    for line in range(1, lines):
        shares = (shares + Fraction(line * number % 97 + 1, line % 89 + 2)) % 7
        if shares.denominator > 10**6:
            shares = shares.limit_denominator(1000)
        balance += Decimal(line * number % 1009) / 100
    return shares, balance


results = {}


def work(number):
    results[number] = check(number, 52000)


threads = [threading.Thread(target=work, args=(number,)) for number in range(1, 9)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
for number in sorted(results):
    print(number, *results[number])
