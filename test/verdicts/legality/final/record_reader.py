import io
import struct

COPIES = 1300


def pack(number):
    values = [(number * k) % 251 for k in range(1, 2 + number % 5)]
    return struct.pack("<B", len(values)) + bytes(values)


stream = io.BytesIO(b"".join(pack(number) for number in range(1_003)) * COPIES)
totals = []
for i in range(1_003 * COPIES):
    (length,) = struct.unpack("<B", stream.read(1))
    body = stream.read(length)
    totals.append(sum(body) * (1 + i % 2))
print(totals[:6], totals[-1], sum(totals))
