"""Several watchers keep their part of a cache fresh."""
import asyncio
import time


class Backend:
    """The old client of the price backend; it has no asynchronous form."""

    def load(self, key):
        time.sleep(0.02)
        return key * 7919 % 1000


async def watcher(cache, backend, keys):
    for key in keys:
        cache[key] = backend.load(key)
        await asyncio.sleep(0.001)


async def main():
    cache = {}
    backend = Backend()
    await asyncio.gather(*(watcher(cache, backend, range(start, 60, 6)) for start in range(6)))
    print(len(cache), sum(cache.values()))


asyncio.run(main())
