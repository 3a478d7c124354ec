"""Repayment plans: months and interest of many loans, cent by cent."""


def plan(cents, rate, payment):
    months = interest = 0
    while cents > 0 and months < 600:
        due = (cents * rate + 600_000) // 1_200_000
        interest += due
        cents += due - payment
        months += 1
    return months, interest


def loans(count):
    for number in range(count):
        yield 1_000_000 + number * 7919 % 20_000_000, 100 * (1 + number % 9), 90_000 + number * 31 % 60_000


longest = (0, 0)
paid = 0
for cents, rate, payment in loans(75_000):
    months, interest = plan(cents, rate, payment)
    paid += interest
    longest = max(longest, (months, interest))
print(longest, paid)
