"""Closes a quarter: works the entries, signs them, and gives the auditors their pause."""
import hashlib
import time


class Quarter:
    def __init__(self, entries):
        self.entries = entries
        self.balance = 0

    def post(self):
        for number in range(self.entries):
            if number % 3:
                self.balance += number * 17 % 503
            else:
                self.balance -= number * 13 % 401

    def sign(self, rounds):
        return hashlib.pbkdf2_hmac('sha512', str(self.balance).encode(), b'quarter', rounds).hex()

    def pause(self, seconds):
        time.sleep(seconds)


quarters = [Quarter(520_000) for _ in range(8)]
for quarter in quarters:
    quarter.post()
    mark = quarter.sign(60_000)
    quarter.pause(0.055)
print(quarters[-1].balance, mark[:12])
