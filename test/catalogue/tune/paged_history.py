"""Reads a history page by page; each page names the next."""
import json
import threading
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class History(BaseHTTPRequestHandler):
    def do_GET(self):
        time.sleep(0.05)
        cursor = int(self.path.rsplit("=", 1)[1])
        following = (cursor * 48271 + 11) % 65537
        body = json.dumps({"items": [cursor % 97, cursor % 89], "next": following}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), History)
threading.Thread(target=server.serve_forever, daemon=True).start()
cursor, items = 1, []
for _ in range(36):
    with urllib.request.urlopen(f"http://127.0.0.1:{server.server_port}/history?after={cursor}") as reply:
        page = json.load(reply)
    items.extend(page["items"])
    cursor = page["next"]
server.shutdown()
server.server_close()
print(len(items), sum(items), cursor)
