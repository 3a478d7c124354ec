"""The nightly report: reads the day's bookings, waits for the exchange rates, packs the result."""
import hashlib
import time


def bookings(count):
    total = 0
    for number in range(count):
        total += number * 31 % 997 - number % 13
    return total


def rates(seconds):
    time.sleep(seconds)
    return {'USD': 1.09, 'GBP': 0.86}


def seal(text, rounds):
    return hashlib.pbkdf2_hmac('sha256', text.encode(), b'report', rounds).hex()


total = bookings(5_000_000)
table = rates(0.6)
text = f'{total} {total * table["USD"]:.2f} {total * table["GBP"]:.2f}'
print(text, seal(text, 1_600_000)[:16])
