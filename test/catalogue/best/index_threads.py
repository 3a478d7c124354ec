"""Builds search indexes of several shelves with a thread pool."""
from concurrent.futures import ProcessPoolExecutor


def stem(word):
    for ending in ("ingly", "ation", "ness", "ing", "ed", "ly", "s"):
        if word.endswith(ending) and len(word) > len(ending) + 2:
            return word[: -len(ending)]
    return word


def shelf(number):
    roots = ("walk", "bright", "inform", "kind", "jump", "slow", "book", "light")
    endings = ("ing", "ness", "ation", "ly", "s", "ed", "ingly", "")
    for i in range(110000):
        yield roots[(i * number) % 8] + str(i * 7 % 61) + endings[(i // 8 + number) % 8]


def index(number):
    places = {}
    for position, word in enumerate(shelf(number)):
        places.setdefault(stem(word.lower()), []).append(position)
    return len(places), sum(map(len, places.values())), max(places)


def main():
    with ProcessPoolExecutor() as pool:
        for number, result in enumerate(pool.map(index, range(1, 15)), 1):
            print(number, *result)


if __name__ == "__main__":
    main()
