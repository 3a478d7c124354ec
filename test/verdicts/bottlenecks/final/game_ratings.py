"""Plays out a league's season several times to rate its teams."""
import threading

TEAMS = 24
RUNS = 3


def season(seed, ratings):
    state = seed
    points = [0] * TEAMS
    for turn in range(620):
        for home in range(TEAMS):
            away = (home + turn) % TEAMS
            if home == away:
                continue
            state = (state * 1103515245 + 12345) & 0x7FFFFFFF
            if state % 100 < 45 + home - away:
                points[home] += 3
            elif state % 3 == 0:
                points[away] += 3
            else:
                points[home] += 1
                points[away] += 1
    ratings[seed] = points


def main():
    ratings = {}
    for start in range(0, 312, RUNS * 8):
        group = range(start, start + RUNS * 8)
        size = len(group) // RUNS
        threads = [threading.Thread(target=lambda part: [season(seed, ratings) for seed in part], args=(group[k * size : (k + 1) * size],)) for k in range(RUNS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    total = [sum(points[team] for points in ratings.values()) for team in range(TEAMS)]
    print(total.index(max(total)), max(total))


main()
