"""Stores readings in a database and reports their mean per sensor."""
import os
import sqlite3
import tempfile


def readings(count):
    for i in range(count):
        yield i, i * 31 % 40, (i * 7919 % 1000) / 10


def store(path, count):
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE reading (id INTEGER PRIMARY KEY, sensor INTEGER, value REAL)")
    with db:
        db.executemany("INSERT INTO reading VALUES (?, ?, ?)", readings(count))
    rows = db.execute("SELECT sensor, COUNT(*), AVG(value) FROM reading GROUP BY sensor ORDER BY sensor").fetchall()
    db.close()
    return rows


with tempfile.TemporaryDirectory() as folder:
    rows = store(os.path.join(folder, "readings.db"), 500)
print(len(rows), rows[0], "%.10g" % sum(row[2] for row in rows))
