"""Takes uploads over local connections and answers with their signature."""
import asyncio
import hashlib


def sign(body):
    return hashlib.pbkdf2_hmac('sha256', body, b'upload', 90_000).hex()


async def handle(reader, writer):
    body = await reader.readline()
    signature = sign(body)
    writer.write(signature.encode() + b'\n')
    await writer.drain()
    writer.close()


async def upload(port, number):
    reader, writer = await asyncio.open_connection('127.0.0.1', port)
    writer.write(b'file-%d\n' % number)
    await writer.drain()
    answer = await reader.readline()
    writer.close()
    return answer.strip()


async def main():
    server = await asyncio.start_server(handle, '127.0.0.1', 0)
    port = server.sockets[0].getsockname()[1]
    answers = await asyncio.gather(*(upload(port, number) for number in range(40)))
    server.close()
    await server.wait_closed()
    print(len(answers), answers[0][:12])


asyncio.run(main())
