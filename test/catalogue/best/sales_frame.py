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
gross = frame["units"] * frame["price"]
frame["net"] = np.where(frame["units"] > 50, gross * (1 - frame["discount"]), gross)
summary = frame.groupby("region")["net"].sum()
for region, net in summary.items():
    print(region, "%.9g" % net)
