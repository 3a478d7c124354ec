"""Takes jobs from a queue kept in a database, which a second program keeps busy."""
import os
import sqlite3
import subprocess
import sys
import tempfile

OTHER = r'''
import sqlite3, sys, time
base = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=30)
for _ in range(6):
    base.execute('BEGIN IMMEDIATE')
    print('busy', flush=True)
    base.execute("UPDATE jobs SET note = 'seen'")
    time.sleep(0.25)
    base.execute('COMMIT')
    sys.stdin.readline()
'''


def claim(base, worker):
    base.execute('BEGIN IMMEDIATE')
    row = base.execute('SELECT id FROM jobs WHERE owner IS NULL ORDER BY id LIMIT 1').fetchone()
    base.execute('UPDATE jobs SET owner = ? WHERE id = ?', (worker, row[0]))
    base.execute('COMMIT')
    return row[0]


with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, 'queue.db')
    base = sqlite3.connect(path, isolation_level=None, timeout=30)
    base.execute('CREATE TABLE jobs (id INTEGER PRIMARY KEY, owner TEXT, note TEXT)')
    base.executemany('INSERT INTO jobs (id) VALUES (?)', [(number,) for number in range(20)])
    claimed = []
    with subprocess.Popen([sys.executable, '-c', OTHER, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1) as other:
        for _ in range(6):
            other.stdout.readline()
            claimed.append(claim(base, 'me'))
            other.stdin.write('\n')
            other.stdin.flush()
    print(claimed, base.execute("SELECT COUNT(*) FROM jobs WHERE note = 'seen'").fetchone())
    base.close()
