"""Sends parcels' labels to a printer that is often busy, with growing pauses between attempts."""
import time


class Busy(Exception):
    pass


class Printer:
    def __init__(self):
        self.calls = 0

    def send(self, label):
        self.calls += 1
        if self.calls % 4:
            raise Busy(label)
        return f'printed {label}'


def patiently(send, label, first=0.02):
    pause = first
    while True:
        try:
            return send(label)
        except Busy:
            time.sleep(pause)
            pause *= 2


if __name__ == '__main__':
    printer = Printer()
    done = [patiently(printer.send, f'parcel-{number}') for number in range(11)]
    print(len(done), printer.calls, done[-1])
