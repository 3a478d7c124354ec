"""Brings the stock list in line with the warehouse: compares, hashes, and writes it to the database."""
import hashlib
import os
import sqlite3
import tempfile
import time


def compare(ours, theirs):
    changes = {}
    for item in range(len(ours)):
        gap = theirs[item] - ours[item]
        if gap % 5 and gap > -40:
            changes[item] = gap * 3 % 101
    return changes


def digest(changes, rounds):
    return hashlib.pbkdf2_hmac('sha256', repr(len(changes)).encode(), b'stock', rounds).hex()


def wait_for_warehouse(seconds):
    time.sleep(seconds)


with tempfile.TemporaryDirectory() as folder:
    base = sqlite3.connect(os.path.join(folder, 'stock.db'))
    base.execute('CREATE TABLE changes (item INTEGER, gap INTEGER, mark TEXT)')
    for night in range(6):
        ours = [number * 7919 % 97 for number in range(330_000)]
        theirs = [number * 31 % 103 for number in range(330_000)]
        changes = compare(ours, theirs)
        mark = digest(changes, 150_000)
        wait_for_warehouse(0.07)
        base.executemany('INSERT INTO changes VALUES (?, ?, ?)', [(item, gap, mark) for item, gap in list(changes.items())[:300]])
        base.commit()
    print(base.execute('SELECT COUNT(*), SUM(gap) FROM changes').fetchone())
    base.close()
