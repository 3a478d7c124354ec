"""Chance that a gambler is ruined before doubling the stake, with a small generator of its own."""
import numba


@numba.njit(cache=True)
def play(games, stake):
    state = 2463534242
    ruined = 0
    rounds = 0
    for _ in range(games):
        money = stake
        while 0 < money < 2 * stake:
            state = (state * 1664525 + 1013904223) & 0xFFFFFFFF
            if (state >> 16) % 100 < 49:
                money += 1
            else:
                money -= 1
            rounds += 1
        if money == 0:
            ruined += 1
    return ruined, rounds


if __name__ == "__main__":
    games = 36000
    ruined, rounds = play(games, 24)
    print(ruined / games, rounds)
