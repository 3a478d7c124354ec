"""Downloads the opening hours of every branch from a slow server."""
import json
import threading
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Server(ThreadingHTTPServer):
    request_queue_size = 64
    daemon_threads = True


class Branches(BaseHTTPRequestHandler):
    def do_GET(self):
        time.sleep(0.05)
        number = int(self.path.rsplit("/", 1)[1])
        body = json.dumps({"branch": number, "opens": 7 + number % 4, "closes": 17 + number % 6}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


def hours(base, number):
    with urllib.request.urlopen(f"{base}/branch/{number}") as reply:
        data = json.load(reply)
    return data["branch"], data["closes"] - data["opens"]


def main():
    server = Server(("127.0.0.1", 0), Branches)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_port}"
    try:
        table = []
        for number in range(45):
            table.append(hours(base, number))
    finally:
        server.shutdown()
        server.server_close()
    print(len(table), sum(h for _, h in table), table[:3], table[-1])


if __name__ == "__main__":
    main()
