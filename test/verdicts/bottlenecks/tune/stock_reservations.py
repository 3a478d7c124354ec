"""Reserves stock in a database which a nightly job is also using."""
import multiprocessing
import os
import sqlite3
import tempfile
import time

HOLD_SECONDS = 0.3


def nightly(path, turns, ready):
    base = sqlite3.connect(path, isolation_level=None, timeout=30)
    for _ in range(turns):
        base.execute('BEGIN EXCLUSIVE')
        ready.release()
        time.sleep(HOLD_SECONDS)
        base.execute('UPDATE stock SET amount = amount + 1')
        base.execute('COMMIT')
        time.sleep(0.002)
    base.close()


def main():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'stock.db')
        base = sqlite3.connect(path, isolation_level=None, timeout=30)
        base.execute('CREATE TABLE stock (item INTEGER, amount INTEGER)')
        base.executemany('INSERT INTO stock VALUES (?, ?)', [(item, 10) for item in range(40)])
        ready = multiprocessing.Semaphore(0)
        job = multiprocessing.Process(target=nightly, args=(path, 5, ready))
        job.start()
        for number in range(5):
            ready.acquire()
            base.execute('UPDATE stock SET amount = amount - 1 WHERE item = ?', (number,))
        job.join()
        print(base.execute('SELECT SUM(amount) FROM stock').fetchone())
        base.close()


if __name__ == '__main__':
    main()
