"""Shortest travel times between all stops (Floyd-Warshall)."""
STOPS = 380
FAR = 10**9


def network(stops):
    times = [[FAR] * stops for _ in range(stops)]
    for stop in range(stops):
        times[stop][stop] = 0
        for line in range(1, 5):
            times[stop][(stop * line * 7 + line * 31) % stops] = 3 + (stop * 17 + line * 29) % 40
            times[stop][(stop + line) % stops] = min(times[stop][(stop + line) % stops], 20 * line)
    return times


def all_pairs(times):
    n = len(times)
    for k in range(n):
        for i in range(n):
            for j in range(n):
                if times[i][k] + times[k][j] < times[i][j]:
                    times[i][j] = times[i][k] + times[k][j]
    return times


times = all_pairs(network(STOPS))
print(sum(map(sum, times)), max(map(max, times)), times[0][STOPS // 2], times[17][5])
