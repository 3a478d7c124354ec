"""Clears payments in order: each one depends on the balances that the ones before left."""
from collections import defaultdict


def payments(count):
    seed = 42
    for _ in range(count):
        seed = (seed * 16807) % 2147483647
        yield f"acct{seed % 997}", f"acct{seed // 997 % 997}", seed % 251


def clear(count):
    balance = defaultdict(lambda: 1000)
    refused = defaultdict(int)
    for payer, payee, amount in payments(count):
        if balance[payer] < amount:
            refused[payer] += 1
            continue
        balance[payer] -= amount
        balance[payee] += amount - (amount > 200)
    return balance, refused


balance, refused = clear(3200000)
worst = max(refused, key=lambda name: (refused[name], name))
print(sum(balance.values()), max(balance.values()), worst, refused[worst], sum(refused.values()))
