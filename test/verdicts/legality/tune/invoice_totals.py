def price_lines(rows):
    for row in rows:
        net = sum(q * p for q, p in row["lines"])
        row["net"] = net
        row["vat"] = net * 19 // 100
        row["gross"] = row["net"] + row["vat"]


carts = [[((i + k) % 5 + 1, 100 + (i * k) % 900) for k in range(30)] for i in range(500)]
invoices = [{"no": i, "lines": carts[i % 500]} for i in range(430_000)]
price_lines(invoices)
print(invoices[0]["gross"], invoices[-1], sum(r["gross"] for r in invoices))
