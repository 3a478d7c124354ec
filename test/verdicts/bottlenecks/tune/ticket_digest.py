"""Fetches tickets from the help desk and ranks their words."""
import hashlib
import json
import multiprocessing
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, HTTPServer

ANSWER_SECONDS = 0.026


class Desk(BaseHTTPRequestHandler):
    def do_GET(self):
        time.sleep(ANSWER_SECONDS)
        number = int(self.path[1:])
        text = ' '.join('w%d' % (number * k % 211) for k in range(1200))
        body = json.dumps({'ticket': number, 'text': text}).encode()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def serve(pipe):
    with HTTPServer(('127.0.0.1', 0), Desk) as server:
        pipe.send(server.server_address[1])
        server.serve_forever()


def fetch(port, number):
    with urllib.request.urlopen(f'http://127.0.0.1:{port}/{number}') as answer:
        return json.load(answer)['text']


def signature(text):
    return hashlib.pbkdf2_hmac('sha256', text.encode(), b'desk', 45_000)[0]


def rank(text):
    weights = {}
    for turn in range(85):
        for place, word in enumerate(text.split()):
            weights[word] = weights.get(word, 0) + (place * turn) % 7 + len(word)
    return max(weights.values())


def main():
    here, there = multiprocessing.Pipe()
    desk = multiprocessing.Process(target=serve, args=(there,), daemon=True)
    desk.start()
    port = here.recv()
    best = []
    for number in range(1, 26):
        text = fetch(port, number)
        best.append(rank(text) + signature(text))
    print(len(best), max(best))
    desk.terminate()
    desk.join()


if __name__ == '__main__':
    main()
