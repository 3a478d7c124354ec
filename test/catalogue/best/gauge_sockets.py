"""Reads gauges over plain sockets, each with a question and an answer."""
import socket
import socketserver
import threading
import time
from concurrent.futures import ThreadPoolExecutor


class Gauge(socketserver.StreamRequestHandler):
    def handle(self):
        name = self.rfile.readline().strip()
        time.sleep(0.05)
        self.wfile.write(b"%d\n" % (sum(name) * 13 % 211))


class Gauges(socketserver.ThreadingTCPServer):
    daemon_threads = True
    request_queue_size = 64


def read_gauge(address, name):
    with socket.create_connection(address) as link:
        link.sendall(name.encode() + b"\n")
        return int(link.makefile().readline())


with Gauges(("127.0.0.1", 0), Gauge) as server:
    threading.Thread(target=server.serve_forever, daemon=True).start()
    names = [f"gauge-{n}" for n in range(46)]
    with ThreadPoolExecutor(20) as pool:
        levels = dict(zip(names, pool.map(lambda name: read_gauge(server.server_address, name), names)))
    server.shutdown()
print(len(levels), sum(levels.values()), list(levels.items())[-1])
