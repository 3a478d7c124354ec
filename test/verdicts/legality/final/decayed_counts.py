heat = {}
touches = [(f"page{(k * k) % 211}", k % 17) for k in range(5_000)] * 1000
for page, amount in touches:
    heat[page] = heat.get(page, 0) * 0.5 + amount
print(len(heat), heat["page0"], heat["page1"], sum(heat.values()))
