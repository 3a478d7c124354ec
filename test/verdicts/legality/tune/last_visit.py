import hashlib

VISITS_PER_USER = 1200
USERS = 5000
user_of = [(i * i + 3 * i) % USERS for i in range(7_001)] * VISITS_PER_USER
last = [-1] * USERS
for i in range(len(user_of)):
    last[user_of[i]] = i
print(last[:6], last.count(-1))
print(hashlib.md5(repr(last).encode()).hexdigest())
