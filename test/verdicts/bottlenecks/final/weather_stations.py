"""Collects the readings of weather stations with a few threads."""
import socket
import socketserver
import threading
from concurrent.futures import ThreadPoolExecutor

DELAY_SECONDS = 0.12


class Station(socketserver.StreamRequestHandler):
    pause = threading.Event()

    def handle(self):
        number = int(self.rfile.readline())
        self.pause.wait(DELAY_SECONDS)
        self.wfile.write(b'%d\n' % (number * 37 % 40))


def reading(port, number):
    with socket.create_connection(('127.0.0.1', port)) as peer, peer.makefile('rwb') as lines:
        lines.write(b'%d\n' % number)
        lines.flush()
        return int(lines.readline())


def main():
    with socketserver.ThreadingTCPServer(('127.0.0.1', 0), Station) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        port = server.server_address[1]
        with ThreadPoolExecutor(4) as pool:
            values = list(pool.map(lambda number: reading(port, number), range(44)))
        server.shutdown()
    print(sum(values) / len(values), max(values))


main()
