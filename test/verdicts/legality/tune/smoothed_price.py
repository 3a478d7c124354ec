def smooth(prices, alpha):
    level = prices[0]
    out = []
    for price in prices:
        level = alpha * price + (1 - alpha) * level
        out.append(level)
    return out


prices = [100 + (i * 7919 % 1009) / 50 for i in range(20_000)] * 240
line = smooth(prices, 0.002)
print(line[0], line[1000], line[-1])
