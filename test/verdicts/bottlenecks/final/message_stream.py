"""Splits a long buffer of length-prefixed messages."""
import struct


class Splitter:
    def __init__(self, data):
        self.buffer = data

    def messages(self):
        while self.buffer:
            (size,) = struct.unpack_from('>H', self.buffer)
            yield self.buffer[2 : 2 + size]
            self.buffer = self.buffer[2 + size :]


def encode(count):
    bodies = (bytes([number % 256]) * (300 + number % 200) for number in range(count))
    return b''.join(struct.pack('>H', len(body)) + body for body in bodies)


total = longest = 0
for body in Splitter(encode(13_000)).messages():
    total += body[0]
    longest = max(longest, len(body))
print(total, longest)
