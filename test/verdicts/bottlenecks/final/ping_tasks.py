"""Marks a long list of cells, with a thread for each of them."""
import threading


def mark(cells, place):
    cells[place] = place * 7 % 11


cells = [0] * 26_000
for start in range(0, len(cells), 4):
    threads = [threading.Thread(target=mark, args=(cells, place)) for place in range(start, start + 4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
print(sum(cells))
