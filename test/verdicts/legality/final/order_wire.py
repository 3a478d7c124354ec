import hashlib
import socket
import threading

left, right = socket.socketpair()
chain = []


def receive():
    state = b""
    with right.makefile("rb") as stream:
        for line in stream:
            state = hashlib.md5(state + line).digest()
    chain.append(state.hex())


reader = threading.Thread(target=receive)
reader.start()
for order in range(190_000):
    payload = f"order {order} amount {order * 7919 % 1000} check {hashlib.md5(str(order).encode()).hexdigest()}\n"
    left.sendall(payload.encode())
left.close()
reader.join()
print(chain)
