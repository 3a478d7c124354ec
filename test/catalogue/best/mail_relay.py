"""Hands messages to a slow relay and collects the receipts in order."""
import asyncio


class Relay:
    async def handle(self, reader, writer):
        while line := await reader.readline():
            await asyncio.sleep(0.03)
            writer.write(b"ok %d\n" % (len(line) * 31 % 997))
            await writer.drain()
        writer.close()


class Sender:
    def __init__(self, port):
        self.port = port

    async def send(self, message):
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            writer.write(message.encode() + b"\n")
            receipt = await reader.readline()
        finally:
            writer.close()
            await writer.wait_closed()
        return int(receipt.split()[1])

    async def send_all(self, messages):
        limit = asyncio.Semaphore(25)

        async def bounded(message):
            async with limit:
                return await self.send(message)

        return await asyncio.gather(*map(bounded, messages))


async def main():
    server = await asyncio.start_server(Relay().handle, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        receipts = await Sender(port).send_all(["mail " + "x" * (n % 37) for n in range(62)])
    print(len(receipts), receipts[:5], sum(receipts))


if __name__ == "__main__":
    asyncio.run(main())
