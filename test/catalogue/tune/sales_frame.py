"""Net revenue by region from a table of sales."""
import numpy as np
import pandas as pd


def sales(rows):
    i = np.arange(rows)
    return pd.DataFrame(
        {
            "region": np.array(["north", "south", "east", "west"])[i * 7 % 4],
            "units": i * 31 % 90 + 1,
            "price": (i * 17 % 500) / 10 + 1.5,
            "discount": (i * 13 % 30) / 100,
        }
    )


frame = sales(80000)
frame["net"] = 0.0
nets = []
for _, row in frame.iterrows():
    gross = row["units"] * row["price"]
    if row["units"] > 50:
        net = gross * (1 - row["discount"])
    else:
        net = gross
    nets.append(net)
frame["net"] = nets
summary = frame.groupby("region")["net"].sum()
for region, net in summary.items():
    print(region, "%.9g" % net)
