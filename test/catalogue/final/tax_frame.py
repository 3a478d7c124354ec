"""Income tax for every household of a table."""
import numpy as np
import pandas as pd


def households(count):
    i = np.arange(count)
    return pd.DataFrame({"income": 9000 + i * 7919 % 120000, "children": i % 5, "married": i % 3 == 0})


def tax(row):
    free = 11000 + 3000 * row["children"]
    if row["married"]:
        free += 9000
    taxable = max(row["income"] - free, 0)
    if taxable < 20000:
        return taxable * 0.15
    if taxable < 60000:
        return 3000 + (taxable - 20000) * 0.27
    return 13800 + (taxable - 60000) * 0.42


table = households(260000)
table["tax"] = table.apply(tax, axis=1)
print(table.groupby("children")["tax"].mean().round(6).tolist(), "%.10g" % table["tax"].sum(), int((table["tax"] == 0).sum()))
