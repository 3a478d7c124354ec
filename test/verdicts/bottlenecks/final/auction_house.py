"""An auction: bidders send bids; after each round the house works out the fairest prices."""
import asyncio


def fair_prices(bids):
    prices = [0] * 40
    for turn in range(5000):
        for place, bid in enumerate(bids):
            prices[(place + turn) % 40] += bid * (turn % 7) % 13
    return prices


async def bidder(bids, number):
    for turn in range(30):
        await asyncio.sleep(0.01)
        bids[number] = turn * number % 97


async def house(bids):
    prices = []
    for _ in range(9):
        await asyncio.sleep(0.01)
        prices = fair_prices(list(bids.values()) * 5)
    return prices


async def main():
    bids = {}
    results = await asyncio.gather(house(bids), *(bidder(bids, number) for number in range(30)))
    print(len(bids), results[0][:5])


if __name__ == '__main__':
    asyncio.run(main())
