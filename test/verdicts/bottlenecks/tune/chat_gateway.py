"""A chat gateway: clients send short messages, and now and then one asks for the room's statistics."""
import asyncio


class Room:
    def __init__(self):
        self.messages = []

    def statistics(self):
        counts = {}
        for turn in range(250):
            for message in self.messages[-400:]:
                for letter in message:
                    counts[letter] = counts.get(letter, 0) + turn
        return sum(counts.values())


async def client(room, number):
    for turn in range(40):
        await asyncio.sleep(0.004)
        room.messages.append(f'client {number} says {turn * 7919 % 1000}')


async def moderator(room):
    total = 0
    for _ in range(8):
        await asyncio.sleep(0.01)
        total += room.statistics()
    return total


async def main():
    room = Room()
    room.messages.extend(f'welcome guest {number}' for number in range(400))
    clients = [client(room, number) for number in range(5)]
    await asyncio.gather(moderator(room), *clients)
    print(len(room.messages))


if __name__ == '__main__':
    asyncio.run(main())
