"""Sends notices, at most so many a second."""
import time


class Limiter:
    def __init__(self, per_second):
        self.gap = 1 / per_second
        self.next = 0.0

    def wait(self):
        now = time.monotonic()
        if now < self.next:
            time.sleep(self.next - now)
        self.next = max(now, self.next) + self.gap


def compose(number):
    words = ['dear', f'reader {number}', 'your', 'parcel', str(number * 7919 % 10000), 'waits']
    return ' '.join(words).title()


limiter = Limiter(per_second=50)
sent = []
for number in range(75):
    limiter.wait()
    sent.append(compose(number))
print(len(sent), sent[-1])
