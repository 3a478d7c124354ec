def best_trade(days):
    low = 1000.0
    profit = 0.0
    for day in range(days):
        price = 300 + day / 4000 + (day * 7919 % 1009) / 40
        low = min(low, price)
        profit = max(profit, price - low)
    return profit


print(best_trade(3_500_000))
