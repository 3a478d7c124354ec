"""Merges two address books kept in a database."""
import sqlite3


class Book:
    def __init__(self):
        self.base = sqlite3.connect(':memory:')
        self.base.execute('CREATE TABLE people (name TEXT PRIMARY KEY, street TEXT)')

    def merge(self, people):
        self.base.executemany('INSERT INTO people VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET street = excluded.street', people)

    def rows(self):
        return self.base.execute('SELECT name, street FROM people ORDER BY name').fetchall()


if __name__ == '__main__':
    book = Book()
    book.merge((f'person {number}', f'street {number % 7}') for number in range(300))
    book.merge((f'person {number}', f'lane {number % 5}') for number in range(200, 400))
    rows = book.rows()
    book.base.close()
    print(len(rows), rows[250], rows[10])
