"""Reads many files one after another and takes a checksum of each: reading and hashing wait for no interpreter lock."""

import hashlib
import os
import tempfile

FILES = 700
SIZE = 6_000_000


def write_files(folder):
    block = bytes(range(256)) * (SIZE // 256)
    paths = []
    for number in range(8):
        path = os.path.join(folder, f"part{number:03}.bin")
        with open(path, "wb") as file:
            file.write(number.to_bytes(4, "big") + block)
        paths.append(path)
    return [paths[number % len(paths)] for number in range(FILES)]


def checksum(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def main():
    with tempfile.TemporaryDirectory() as folder:
        sums = []
        for path in write_files(folder):
            sums.append(checksum(path))
    print(f"{len(sums)} files read, {len(set(sums))} different; the last is {sums[-1][:16]}")


if __name__ == "__main__":
    main()
