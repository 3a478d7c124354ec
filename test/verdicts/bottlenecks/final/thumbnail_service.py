"""A small service over local connections that packs what it is sent."""
import asyncio
import zlib


class Service:
    def __init__(self):
        self.packed = 0

    def pack(self, body):
        return zlib.compress(body, 9)

    async def handle(self, reader, writer):
        size = int(await reader.readline())
        body = await reader.readexactly(size)
        small = self.pack(body)
        self.packed += 1
        writer.write(b'%d\n' % len(small))
        await writer.drain()
        writer.close()


def picture(number):
    return b''.join(b'%x' % (place * number * 7919 % 65_521) for place in range(9000)) * 20


async def send(port, body):
    reader, writer = await asyncio.open_connection('127.0.0.1', port)
    writer.write(b'%d\n' % len(body) + body)
    await writer.drain()
    answer = int(await reader.readline())
    writer.close()
    return answer


async def main():
    service = Service()
    server = await asyncio.start_server(service.handle, '127.0.0.1', 0)
    port = server.sockets[0].getsockname()[1]
    body = picture(3)
    sizes = await asyncio.gather(*(send(port, body) for _ in range(26)))
    server.close()
    await server.wait_closed()
    print(service.packed, sum(sizes))


asyncio.run(main())
