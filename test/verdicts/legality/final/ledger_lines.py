def money(cents):
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100:,}.{abs(cents) % 100:02d}"


def render(entries):
    text = ""
    for number, cents in entries:
        text += f"{number:>8} {money(cents):>14} {'debit' if cents < 0 else 'credit':<6}\n"
    return text


entries = [(n, (n * 7919) % 2_000_001 - 1_000_000) for n in range(6_000)] * 140
page = render(entries)
print(len(page))
print(page[:90], page[-35:])
