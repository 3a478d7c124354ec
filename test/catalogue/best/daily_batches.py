"""Scores the texts of each day with a pool of workers."""


def score(text):
    seen = {}
    for word in text.split():
        seen[word] = seen.get(word, 0) + len(word)
    return sum(value * value for value in seen.values()) % 10007


def day(number):
    return [" ".join(f"w{(i * number + j * 7) % 53}" for j in range(60)) for i in range(20)]


def main():
    totals = []
    # A task takes microseconds: no pool is as fast as one that is never made.
    for number in range(110):
        totals.append(sum(map(score, day(number))))
    print(len(totals), totals[:4], sum(totals))


if __name__ == "__main__":
    main()
