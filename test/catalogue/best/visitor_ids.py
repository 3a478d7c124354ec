"""Counts the distinct visitors of a web shop and the order in which they first came."""


def load_events(count):
    state = 12345
    for _ in range(count):
        state = (state * 1103515245 + 12345) % 2147483648
        yield f"u{state % 9001:05d}"


def first_visits(events):
    seen = set()
    order = []
    for position, visitor in enumerate(events):
        if visitor not in seen:
            seen.add(visitor)
            order.append((position, visitor))
    return order


if __name__ == "__main__":
    visits = first_visits(load_events(60000))
    print(len(visits), visits[0], visits[-1], sum(p for p, _ in visits))
