"""Renders pages on request while a ticker keeps sending the time of the last change."""
import asyncio


def render(page):
    cells = []
    for row in range(420):
        for column in range(420):
            value = (row * page + column) % 97
            cells.append('<td>%d</td>' % value if value % 3 else '<td></td>')
    return ''.join(cells)


class Site:
    def __init__(self):
        self.requests = asyncio.Queue()
        self.ticks = 0
        self.sizes = []

    async def ticker(self):
        while True:
            await asyncio.sleep(0.01)
            self.ticks += 1

    async def visitors(self, count):
        for page in range(count):
            await asyncio.sleep(0.003)
            await self.requests.put(page)
        await self.requests.put(None)

    async def renderer(self):
        while (page := await self.requests.get()) is not None:
            text = render(page)
            self.sizes.append(len(text))


async def main():
    site = Site()
    ticking = asyncio.create_task(site.ticker())
    await asyncio.gather(site.visitors(36), site.renderer())
    ticking.cancel()
    print(len(site.sizes), sum(site.sizes))


asyncio.run(main())
