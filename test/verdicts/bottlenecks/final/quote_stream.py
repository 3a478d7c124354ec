"""Subscribes to several streams of quotes and keeps the newest of each."""
import asyncio
import multiprocessing
import socket
import time

GAP_SECONDS = 0.04


def publish(listener, streams):
    peers = [listener.accept()[0] for _ in range(streams)]
    for turn in range(32):
        time.sleep(GAP_SECONDS)
        for number, peer in enumerate(peers):
            peer.sendall(b'%d %d\n' % (number, turn * (number + 7) % 101))
    for peer in peers:
        peer.close()


async def subscribe(port, newest, counts):
    reader, writer = await asyncio.open_connection('127.0.0.1', port)
    async for line in reader:
        number, price = map(int, line.split())
        newest[number] = price
        counts[number] = counts.get(number, 0) + 1
    writer.close()


async def main(port, streams):
    newest, counts = {}, {}
    await asyncio.gather(*(subscribe(port, newest, counts) for _ in range(streams)))
    print(sorted(newest.items()), sum(counts.values()))


if __name__ == '__main__':
    listener = socket.create_server(('127.0.0.1', 0))
    source = multiprocessing.Process(target=publish, args=(listener, 5))
    source.start()
    asyncio.run(main(listener.getsockname()[1], 5))
    source.join()
    listener.close()
