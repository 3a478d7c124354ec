"""Spread of temperatures for every sensor."""
import numpy as np
import pandas as pd


def measurements(sensors, each):
    i = np.arange(sensors * each)
    return pd.DataFrame({"sensor": i * 7919 % sensors, "celsius": 15 + (i * i * 37 % 1009) / 50})


def spread(frame):
    grouped = frame.groupby("sensor")["celsius"]
    return grouped.max() - grouped.min()


def main():
    result = spread(measurements(45000, 8))
    print(len(result), "%.9g" % result.sum(), "%.9g" % result.max(), int(result.idxmax()))


if __name__ == "__main__":
    main()
