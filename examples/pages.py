"""Fetches pages one after another from a server that answers slowly. The server is started here, on 127.0.0.1."""

import threading
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PAGES = 45
ANSWER_TIME = 0.05  # s that the server thinks before it answers


class SlowPage(BaseHTTPRequestHandler):
    def do_GET(self):
        time.sleep(ANSWER_TIME)
        body = f"<title>Page {self.path}</title>".encode() * 20
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format, *args):
        pass


class Server(ThreadingHTTPServer):
    request_queue_size = 64  # or callers that come at once are turned away, and try again a second later


def fetch(url):
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.read()


def main():
    server = Server(("127.0.0.1", 0), SlowPage)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    urls = [f"http://127.0.0.1:{server.server_port}/{number}" for number in range(PAGES)]

    pages = []
    for url in urls:
        pages.append(fetch(url))

    server.shutdown()
    server.server_close()
    print(f"{len(pages)} pages, {sum(len(page) for page in pages)} bytes")


if __name__ == "__main__":
    main()
