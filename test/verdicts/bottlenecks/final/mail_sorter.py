"""Gets messages from a mail server, sorts them by their words, and packs them away."""
import bz2
import socket
import subprocess
import sys

SERVER = r'''
import socket, sys, time
listener = socket.create_server(('127.0.0.1', 0))
print(listener.getsockname()[1], flush=True)
peer, _ = listener.accept()
with peer, peer.makefile('rwb') as lines:
    for line in lines:
        time.sleep(0.025)
        number = int(line)
        lines.write(b' '.join(b'word%d' % (number * k * k % 997) for k in range(5000)) + b'\n')
        lines.flush()
'''


def kind(text):
    score = 0
    for turn in range(16):
        for word in text.split(b' '):
            score = (score * 31 + word[-1] * len(word) + turn) % 65_521
    return score % 5


def pack(text):
    return len(bz2.compress(text * 3))


folders = {}
size = 0
with subprocess.Popen([sys.executable, '-c', SERVER], stdout=subprocess.PIPE) as server:
    with socket.create_connection(('127.0.0.1', int(server.stdout.readline()))) as peer, peer.makefile('rwb') as lines:
        for number in range(1, 25):
            lines.write(b'%d\n' % number)
            lines.flush()
            text = lines.readline().strip()
            folders.setdefault(kind(text), []).append(number)
            size += pack(text)
print({name: len(folders[name]) for name in sorted(folders)}, size)
