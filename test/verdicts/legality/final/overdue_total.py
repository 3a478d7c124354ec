from datetime import date, timedelta

CUSTOMERS = 2200
today = date(2024, 6, 30)
invoices = [
    {"amount": 20 + (i * 97) % 480, "due": date(2024, 1, 1) + timedelta(days=(i * 11) % 300), "paid": i % 3 == 0}
    for i in range(1_000)
] * CUSTOMERS

owed = 0.0
for invoice in invoices:
    if invoice["paid"]:
        continue
    late = (today - invoice["due"]).days
    if late <= 0:
        continue
    owed += invoice["amount"] * (1 + 0.0003 * late) ** 1.5 + 4 * (late // 30)
print("owed", owed)
