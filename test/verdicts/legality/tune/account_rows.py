import sqlite3

base = sqlite3.connect(":memory:")
base.execute("create table account (id integer primary key autoincrement, name text, kind integer)")
numbers = []
for k in range(250_000):
    cursor = base.cursor()
    cursor.execute("insert into account (name, kind) values (?, ?)", (f"customer {k * 7919 % 100_003}", k % 4))
    numbers.append(cursor.lastrowid)
print(numbers[:3], numbers[-1])
print(base.execute("select name from account where id = 1234").fetchone())
