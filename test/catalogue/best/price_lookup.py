"""Joins two CSV files, orders and prices, by product."""
import csv
import io


def orders_csv(count):
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["order", "product", "quantity"])
    for i in range(count):
        writer.writerow([i, f"P{(i * 7919) % 3000:05d}", 1 + i % 9])
    return out.getvalue()


def prices_csv(count):
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["product", "price"])
    for i in range(count):
        writer.writerow([f"P{(i * 17) % 3001:05d}", f"{(i * 37 % 900) / 10 + 1:.2f}"])
    return out.getvalue()


def total_by_product(orders, prices):
    orders = list(csv.DictReader(io.StringIO(orders)))
    prices = list(csv.DictReader(io.StringIO(prices)))
    totals = {}
    unpriced = 0
    price_of = {}
    for price in prices:
        price_of.setdefault(price["product"], price)
    for order in orders:
        match = price_of.get(order["product"])
        if match is None:
            unpriced += 1
            continue
        amount = int(order["quantity"]) * float(match["price"])
        totals[order["product"]] = totals.get(order["product"], 0.0) + amount
    return totals, unpriced


if __name__ == "__main__":
    totals, unpriced = total_by_product(orders_csv(25000), prices_csv(2800))
    print(len(totals), unpriced, "%.10g" % sum(totals.values()), max(totals, key=lambda k: (totals[k], k)))
