COUNTRY_TAX = {"de": 0.19, "fr": 0.2, "ch": 0.081, "us": 0.0}
SHIPPING = [4.9, 9.9, 0.0]


def enrich(order):
    record = dict(order)
    record["tax"] = round(order["net"] * COUNTRY_TAX[order["country"]], 2)
    record["shipping"] = SHIPPING[2 if order["net"] > 200 else order["country"] == "us"]
    record["gross"] = order["net"] + record["tax"] + record["shipping"]
    return record


countries = list(COUNTRY_TAX)
orders = [{"id": i, "net": (i * 7919 % 40000) / 100, "country": countries[i % 4]} for i in range(5_000)] * 170
enriched = []
for order in orders:
    enriched.append(enrich(order))
print(enriched[0], enriched[-1])
print(sum(r["gross"] for r in enriched))
