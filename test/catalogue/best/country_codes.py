"""Adds the country's name and tax rate to each shipment."""
import numpy as np
import pandas as pd

COUNTRIES = pd.DataFrame(
    {"code": [f"C{n:03d}" for n in range(180)], "name": [f"Country {n}" for n in range(180)], "rate": [n % 25 / 100 for n in range(180)]}
)


def shipments(count):
    i = np.arange(count)
    return pd.DataFrame({"code": COUNTRIES["code"].to_numpy()[i * 37 % 180], "value": i * 13 % 977 + 1})


def enrich(table):
    by_code = COUNTRIES.set_index("code")
    table["country"] = table["code"].map(by_code["name"])
    table["duty"] = table["value"] * table["code"].map(by_code["rate"])
    return table


table = enrich(shipments(8000))
print(len(table), "%.9g" % table["duty"].sum(), table["country"].nunique(), table["country"].iloc[77], "%.6g" % table["duty"].iloc[-1])
