def day_over(budget, days):
    spent = 0.0
    for day in range(days):
        spent += 12 + (day * 7919 % 97) / 5 - (day % 11)
        if spent > budget:
            return day, spent
    return None, spent


print(day_over(90_000_000, 9_000_000))
print(day_over(1_000, 200))
