"""Async workers that call a blocking client library."""
import asyncio
import time


def blocking_lookup(number):
    """Stands for a driver without an async interface: it waits for its answer."""
    time.sleep(0.05)
    return number * 17 % 101


async def resolve(number):
    value = blocking_lookup(number)
    await asyncio.sleep(0)
    return number, value


async def main():
    answers = await asyncio.gather(*(resolve(number) for number in range(44)))
    print(len(answers), answers[:3], sum(value for _, value in answers))


asyncio.run(main())
