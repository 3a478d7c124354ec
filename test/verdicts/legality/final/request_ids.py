REQUESTS = 900_000
sequence = 0


def handle(path, size):
    global sequence
    sequence += 1
    if size > 900:
        sequence += 1
    return f"{sequence:08x} {path} {size}"


def main():
    handled = []
    for r in range(REQUESTS):
        handled.append(handle("/items" if r % 2 else "/users", (r * 7919) % 1000))
    print(handled[0], handled[-1])
    print(sum(int(h[:8], 16) % 7 for h in handled))


main()
