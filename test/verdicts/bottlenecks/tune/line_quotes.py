"""Asks a line-based quote server for the rates of currency pairs, over one connection."""
import socket
import subprocess
import sys

SERVER = r'''
import socket, sys, time
listener = socket.create_server(('127.0.0.1', 0))
print(listener.getsockname()[1], flush=True)
peer, _ = listener.accept()
with peer, peer.makefile('rw') as lines:
    for line in lines:
        time.sleep(0.02)
        lines.write('%s %.4f\n' % (line.strip(), sum(map(ord, line)) / 300))
        lines.flush()
'''


class Quotes:
    def __init__(self):
        self.server = subprocess.Popen([sys.executable, '-c', SERVER], stdout=subprocess.PIPE, text=True)
        port = int(self.server.stdout.readline())
        self.peer = socket.create_connection(('127.0.0.1', port))
        self.lines = self.peer.makefile('rw')

    def rate(self, pair):
        self.lines.write(pair + '\n')
        self.lines.flush()
        return float(self.lines.readline().split()[1])

    def close(self):
        self.lines.close()
        self.peer.close()
        self.server.wait()
        self.server.stdout.close()


names = ['EUR', 'USD', 'GBP', 'JPY', 'CHF', 'SEK', 'NOK', 'DKK']
quotes = Quotes()
table = {(a, b): quotes.rate(a + b) for a in names for b in names if a != b}
quotes.close()
for (a, b), rate in list(table.items())[:6]:
    print(a, b, rate)
print(round(sum(table.values()), 4))
