"""Stores meter readings as they arrive, each in a transaction of its own."""
import os
import sqlite3
import tempfile


class Meters:
    def __init__(self, path):
        self.base = sqlite3.connect(path)
        self.base.execute('PRAGMA synchronous = EXTRA')
        with self.base:
            self.base.execute('CREATE TABLE readings (meter INTEGER, hour INTEGER, watts REAL)')

    def store(self, meter, hour, watts):
        with self.base:
            self.base.execute('INSERT INTO readings VALUES (?, ?, ?)', (meter, hour, watts))

    def averages(self):
        return self.base.execute('SELECT meter, AVG(watts) FROM readings GROUP BY meter ORDER BY meter').fetchall()

    def close(self):
        self.base.close()


def main():
    with tempfile.TemporaryDirectory() as folder:
        meters = Meters(os.path.join(folder, 'meters.db'))
        for hour in range(30):
            for meter in range(7):
                meters.store(meter, hour, meter * 100 + hour * 7919 % 60)
        print(meters.averages())
        meters.close()


main()
