"""Spread of temperatures for every sensor."""
import numpy as np
import pandas as pd


def measurements(sensors, each):
    i = np.arange(sensors * each)
    return pd.DataFrame({"sensor": i * 7919 % sensors, "celsius": 15 + (i * i * 37 % 1009) / 50})


def spread(frame):
    return frame.groupby("sensor")["celsius"].apply(lambda values: values.max() - values.min())


def main():
    result = spread(measurements(45000, 8))
    print(len(result), "%.9g" % result.sum(), "%.9g" % result.max(), int(result.idxmax()))


if __name__ == "__main__":
    main()
