"""Follows the links of a small catalogue, page by page."""
import http.client
import re
import subprocess
import sys
from collections import deque

SITE = r'''
import sys, time
from http.server import BaseHTTPRequestHandler, HTTPServer
class Site(BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    wbufsize = -1
    def do_GET(self):
        time.sleep(0.03)
        page = int(self.path[1:])
        body = ''.join('<a href="/%d">next</a>' % other for other in (page * 2 + 1, page * 2 + 2) if other < 45).encode()
        self.send_response(200)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *_):
        pass
server = HTTPServer(('127.0.0.1', 0), Site)
print(server.server_address[1], flush=True)
server.serve_forever()
'''


class Crawler:
    def __init__(self, port):
        self.peer = http.client.HTTPConnection('127.0.0.1', port)
        self.seen = set()

    def page(self, path):
        self.peer.request('GET', path)
        return self.peer.getresponse().read().decode()

    def crawl(self, start):
        waiting = deque([start])
        while waiting:
            path = waiting.popleft()
            if path not in self.seen:
                self.seen.add(path)
                waiting.extend(re.findall(r'href="(/\d+)"', self.page(path)))
        self.peer.close()


with subprocess.Popen([sys.executable, '-c', SITE], stdout=subprocess.PIPE, text=True) as site:
    crawler = Crawler(int(site.stdout.readline()))
    crawler.crawl('/0')
    site.terminate()
print(len(crawler.seen), max(int(path[1:]) for path in crawler.seen))
