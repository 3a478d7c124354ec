"""One thread fetches, two threads work on what came, through a bounded queue: waiting and working already overlap."""

import queue
import threading
import time
import zlib

ITEMS = 60
DONE = None


def produce(items):
    for number in range(ITEMS):
        time.sleep(0.04)
        items.put(bytes([number]) * 400_000)
    items.put(DONE)


def consume(items, sizes):
    while True:
        item = items.get()
        if item is DONE:
            items.put(DONE)
            return
        sizes.append(len(zlib.compress(item, 6)))


def main():
    items = queue.Queue(maxsize=8)
    sizes = []
    threads = [threading.Thread(target=produce, args=(items,))]
    threads += [threading.Thread(target=consume, args=(items, sizes)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(f"{len(sizes)} items, {sum(sizes)} bytes compressed")


if __name__ == "__main__":
    main()
