"""Imports orders into the shop's database, one by one as they come."""
import sqlite3
import tempfile
from pathlib import Path


def orders(count):
    for number in range(count):
        yield number, f'customer-{number * 7919 % 300}', number * 31 % 5000


def load(path, count):
    base = sqlite3.connect(path)
    base.execute('PRAGMA synchronous = EXTRA')
    base.execute('CREATE TABLE orders (id INTEGER PRIMARY KEY, customer TEXT, cents INTEGER)')
    for order in orders(count):
        base.execute('INSERT INTO orders VALUES (?, ?, ?)', order)
        base.commit()
    rows = base.execute('SELECT customer, SUM(cents) FROM orders GROUP BY customer ORDER BY 2 DESC LIMIT 3').fetchall()
    base.close()
    return rows


if __name__ == '__main__':
    with tempfile.TemporaryDirectory() as folder:
        for row in load(Path(folder) / 'shop.db', 420):
            print(row)
