"""Polls a sensor until it is warm, then averages its readings."""
import asyncio


class Sensor:
    def __init__(self):
        self.turn = 0

    def read(self):
        self.turn += 1
        return min(20.0 + self.turn * 0.5, 60.0) + self.turn % 3 * 0.1


async def warm(sensor, goal, pause):
    while sensor.read() < goal:
        await asyncio.sleep(pause)


async def average(sensor, count, pause):
    values = []
    for _ in range(count):
        values.append(sensor.read())
        await asyncio.sleep(pause)
    return sum(values) / len(values)


async def main():
    sensor = Sensor()
    await warm(sensor, 60.0, 0.01)
    print(round(await average(sensor, 50, 0.015), 3))


asyncio.run(main())
