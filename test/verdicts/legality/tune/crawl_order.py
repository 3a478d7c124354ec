PAGES = 11_000_000
known = bytearray(PAGES)
known[0] = 1
queue = [0]
found = []
for page in queue:
    found.append(page % 1000)
    for link in (page * 2 + 1, page * 3 + 2, page * page % PAGES):
        if link < PAGES and not known[link]:
            known[link] = 1
            queue.append(link)
print(len(queue), queue[:8], queue[-1], sum(k * f for k, f in enumerate(found)))
