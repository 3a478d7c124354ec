def change(coins, top):
    fewest = [0] + [top + 1] * top
    amount = 1
    while amount < len(fewest):
        for coin in coins:
            if coin <= amount and fewest[amount - coin] + 1 < fewest[amount]:
                fewest[amount] = fewest[amount - coin] + 1
        amount += 1
    return fewest


fewest = change((1, 7, 19, 53, 101, 211), 1_600_000)
print(fewest[:20], fewest[-1], sum(fewest))
