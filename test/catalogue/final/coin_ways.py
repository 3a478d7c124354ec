"""In how many ways can an amount be paid?"""

COINS = (1, 2, 5, 10, 20, 50, 100, 200)


def ways(amount, kinds):
    if amount == 0:
        return 1
    if amount < 0 or kinds == 0:
        return 0
    return ways(amount, kinds - 1) + ways(amount - COINS[kinds - 1], kinds)


for amount in (50, 100, 150, 200, 235):
    print(amount, ways(amount, len(COINS)))
