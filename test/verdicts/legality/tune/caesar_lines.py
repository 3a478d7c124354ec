import hashlib

plain = "the quick brown fox jumps over the lazy dog, twice. " * 150_000


def shift(c, by):
    if "a" <= c <= "z":
        return chr((ord(c) - 97 + by) % 26 + 97)
    return c


secret = "".join(shift(c, 7) for c in plain)
print(secret[:60])
print(hashlib.md5(secret.encode()).hexdigest())
