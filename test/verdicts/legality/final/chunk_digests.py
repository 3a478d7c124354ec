import hashlib

PAYLOAD = bytes(range(256)) * 1024


def main():
    digests = []
    for part in range(6800):
        h = hashlib.sha256()
        h.update(part.to_bytes(4, "big"))
        h.update(PAYLOAD)
        digests.append(h.hexdigest())
    print(digests[0][:16], digests[-1][:16])
    print(hashlib.md5("".join(digests).encode()).hexdigest())


main()
