GROUPS = 40
base = [[g] * 50 for g in range(GROUPS)]
rows = [base[i * 7 % GROUPS] for i in range(120_000)]
for number, row in enumerate(rows):
    carry = number % 7
    for k in range(len(row)):
        row[k] = (row[k] * 3 + carry + k) % 1009
print(base[0][:6], base[-1][-6:], sum(map(sum, base)))
