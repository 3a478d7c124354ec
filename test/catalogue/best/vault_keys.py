"""Derives a key for each account."""
import hashlib
from concurrent.futures import ThreadPoolExecutor


def derive(account):
    salt = b"salt-%05d" % account
    return hashlib.pbkdf2_hmac("sha256", b"secret %d" % (account * 31), salt, 60000)


with ThreadPoolExecutor(2) as pool:
    keys = list(pool.map(derive, range(160)))
print(len(keys), keys[0].hex()[:16], hashlib.sha256(b"".join(keys)).hexdigest())
