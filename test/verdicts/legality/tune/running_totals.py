amounts = [(i * 7919) % 997 - 400 for i in range(5_003)] * 1900
total = 0
statement = [(total := total + a * 7 // 5 if total + a * 2 > 0 else 0) for a in amounts]
print(statement[:5], statement[-1], max(statement))
