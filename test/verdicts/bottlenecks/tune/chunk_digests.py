"""Digests of the chunks of an image, and one digest over all of them."""
import hashlib
from concurrent.futures import ThreadPoolExecutor

WORKERS = 2


def chunk(number):
    return bytes((number + k) % 256 for k in range(1024)) * 6144


def digest(body):
    return hashlib.sha512(body + body).digest()


chunks = [chunk(number) for number in range(6)]
with ThreadPoolExecutor(WORKERS) as pool:
    digests = list(pool.map(digest, chunks * 20))
print(len(digests), hashlib.sha256(b''.join(digests)).hexdigest())
