"""Imports accounts from an old system, and stores their passwords in the new way."""
import hashlib


class AccountStore:
    def __init__(self, rounds):
        self.rounds = rounds
        self.rows = {}

    def add(self, name, password):
        salt = name.encode().ljust(16, b'.')
        self.rows[name] = hashlib.pbkdf2_hmac('sha256', password.encode(), salt, self.rounds)

    def fingerprint(self):
        return hashlib.sha256(b''.join(self.rows[name] for name in sorted(self.rows))).hexdigest()


store = AccountStore(60_000)
for number in range(50):
    store.add(f'user{number}', f'pass-{number * 7919}')
print(len(store.rows), store.fingerprint())
