"""Asks a quote server for many symbols over its line protocol."""
import asyncio


async def serve(reader, writer):
    symbol = (await reader.readline()).decode().strip()
    await asyncio.sleep(0.04)
    writer.write(b"%s %d\n" % (symbol.encode(), sum(map(ord, symbol)) * 7 % 1000))
    await writer.drain()
    writer.close()


async def quote(port, symbol):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(symbol.encode() + b"\n")
    await writer.drain()
    answer = (await reader.readline()).decode().split()
    writer.close()
    await writer.wait_closed()
    return answer[0], int(answer[1])


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    symbols = [f"SYM{n:03d}" for n in range(50)]
    limit = asyncio.Semaphore(25)

    async def bounded(symbol):
        async with limit:
            return await quote(port, symbol)

    quotes = await asyncio.gather(*map(bounded, symbols))
    server.close()
    await server.wait_closed()
    print(len(quotes), quotes[0], quotes[-1], sum(value for _, value in quotes))


asyncio.run(main())
