deposits = [((i * 37) % 61) - 29 for i in range(3_800_000)]

balance = 100.0
fees = 0.0
history = []
for change in deposits:
    balance += change
    if balance < 0:
        fees += 2.5
        balance -= 2.5
    else:
        balance *= 1.00001
    history.append(balance)
print(fees, history[-1], max(history))
