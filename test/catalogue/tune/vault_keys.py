"""Derives a key for each account."""
import hashlib


def derive(account):
    salt = b"salt-%05d" % account
    return hashlib.pbkdf2_hmac("sha256", b"secret %d" % (account * 31), salt, 60000)


keys = [derive(account) for account in range(160)]
print(len(keys), keys[0].hex()[:16], hashlib.sha256(b"".join(keys)).hexdigest())
