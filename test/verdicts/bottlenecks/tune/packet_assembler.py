"""Puts a message together from packets that arrive out of order by a fixed rule."""


def packets(count, size):
    for number in range(count):
        yield number, bytes([number % 256]) * size


def assemble(stream):
    message = b''
    for number, body in stream:
        message = message + body
    return message


message = assemble(packets(2700, 900))
print(len(message), sum(message[::1001]))
print(assemble(packets(3, 4)))
