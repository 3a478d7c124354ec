"""Totals per customer over a year of invoices, with tiered discounts and two tax rates."""

RATES = {'food': 7, 'tool': 19, 'book': 7, 'wine': 19}
KINDS = list(RATES)


def invoice_lines(count):
    state = 17
    for number in range(count):
        state = (state * 1103515245 + 12345) % 2147483648
        yield state % 977, KINDS[state // 1024 % 4], 1 + state // 64 % 12, 150 + state // 4096 % 9000


def discount(quantity, cents):
    if quantity >= 10:
        return cents * 8 // 100
    if quantity >= 5:
        return cents * 3 // 100
    return 0


def totals(lines):
    owed = {}
    tax = {7: 0, 19: 0}
    for customer, kind, quantity, price in lines:
        cents = quantity * price
        cents -= discount(quantity, cents)
        rate = RATES[kind]
        share = (cents * rate + 50) // 100
        tax[rate] += share
        if customer in owed:
            owed[customer] += cents + share
        else:
            owed[customer] = cents + share
    return owed, tax


def main():
    owed, tax = totals(invoice_lines(2_000_000))
    best = sorted(owed.items(), key=lambda pair: -pair[1])[:5]
    for customer, cents in best:
        print(f'{customer:5d} {cents / 100:14.2f}')
    print(tax)


main()
