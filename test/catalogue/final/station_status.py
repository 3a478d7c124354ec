"""Asks every weather station for its status; some of them do not exist."""
import threading
import time
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Server(ThreadingHTTPServer):
    request_queue_size = 64
    daemon_threads = True


class Stations(BaseHTTPRequestHandler):
    def do_GET(self):
        time.sleep(0.045)
        number = int(self.path[1:])
        body = b"%d" % (number * 37 % 50)
        self.send_response(404 if number % 9 == 4 else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


class Client:
    def __init__(self, port):
        self.base = f"http://127.0.0.1:{port}/"

    def celsius(self, station):
        with urllib.request.urlopen(self.base + str(station), timeout=30) as reply:
            return int(reply.read())

    def survey(self, stations):
        known, missing = {}, []
        for station in stations:
            try:
                known[station] = self.celsius(station)
            except urllib.error.HTTPError as error:
                missing.append((station, error.code))
        return known, missing


server = Server(("127.0.0.1", 0), Stations)
threading.Thread(target=server.serve_forever, daemon=True).start()
known, missing = Client(server.server_port).survey(range(48))
server.shutdown()
server.server_close()
print(len(known), sum(known.values()), missing)
