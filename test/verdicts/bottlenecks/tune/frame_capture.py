"""Receives frames from a camera that writes only the changed rows, and adds a checksum to each."""
import zlib

FRAME = 24_000_000


class Camera:
    def __init__(self, rows):
        self.rows = rows
        self.turn = 0

    def grab(self):
        self.turn += 1
        frame = bytearray(b'\x10') * FRAME
        for row in range(self.rows):
            place = (self.turn * 7919 + row * 104729) % (FRAME - 64)
            frame[place : place + 64] = bytes([self.turn % 251]) * 64
        return frame


camera = Camera(40)
check = 0
for number in range(450):
    frame = camera.grab()
    check = zlib.crc32(frame[1_000_000:1_004_096], check)
print(number + 1, check)
