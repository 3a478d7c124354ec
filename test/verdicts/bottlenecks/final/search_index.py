"""An index that answers searches while new documents keep coming in."""
import asyncio


class Index:
    def __init__(self):
        self.places = {}
        self.documents = 0

    def add(self, text):
        for place, word in enumerate(text.split()):
            for end in range(2, len(word) + 1):
                self.places[word[:end]] = self.places.get(word[:end], 0) + place % 3
        self.documents += 1

    def search(self, start):
        return self.places.get(start, 0)


def document(number):
    return ' '.join('document%d covers the matter%d fully' % (number * k % 31, k % 211) for k in range(9000))


async def feed(index, queue):
    while (text := await queue.get()) is not None:
        index.add(text)


async def arrivals(queue, texts):
    for text in texts:
        await asyncio.sleep(0.004)
        await queue.put(text)
    await queue.put(None)


async def searches(index, count):
    hits = 0
    for number in range(count):
        await asyncio.sleep(0.002)
        hits += index.search('doc')
    return hits > 0


async def main(texts):
    index, queue = Index(), asyncio.Queue()
    await asyncio.gather(feed(index, queue), arrivals(queue, texts), searches(index, 30))
    print(index.documents, len(index.places))


asyncio.run(main([document(number) for number in range(3)] * 5))
