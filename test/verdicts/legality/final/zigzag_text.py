import hashlib

pieces = [chr(97 + (i * i) % 26) for i in range(78_000)]
text = ""
for piece in pieces:
    text = (text + piece)[::-1]
print(len(text), text[:20])
print(hashlib.md5(text.encode()).hexdigest())
