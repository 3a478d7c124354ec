def best_trade(prices):
    low = prices[0]
    profit = 0.0
    for price in prices:
        low = min(low, price)
        profit = max(profit, price - low)
    return profit


prices = [900 - i / 4000 + (i * 7919 % 1009) / 40 for i in range(1_500_000)]
print(best_trade(prices))
