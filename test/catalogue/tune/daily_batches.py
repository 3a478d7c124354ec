"""Scores the texts of each day with a pool of workers."""
from multiprocessing import Pool


def score(text):
    seen = {}
    for word in text.split():
        seen[word] = seen.get(word, 0) + len(word)
    return sum(value * value for value in seen.values()) % 10007


def day(number):
    return [" ".join(f"w{(i * number + j * 7) % 53}" for j in range(60)) for i in range(20)]


def main():
    totals = []
    for number in range(110):
        with Pool(2) as pool:
            scores = pool.map(score, day(number))
        totals.append(sum(scores))
    print(len(totals), totals[:4], sum(totals))


if __name__ == "__main__":
    main()
