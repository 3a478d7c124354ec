"""Prices a book of European call options."""
import math
import numpy as np


def normal_cdf(x):
    return 0.5 * (1.0 + math.erf(x / math.sqrt(2.0)))


def price_book(spots, strikes, years, rate=0.03, volatility=0.2):
    prices = np.zeros(len(spots))
    for i in range(len(spots)):
        root = volatility * np.sqrt(years[i])
        d1 = (np.log(spots[i] / strikes[i]) + (rate + volatility * volatility / 2) * years[i]) / root
        d2 = d1 - root
        prices[i] = spots[i] * normal_cdf(d1) - strikes[i] * np.exp(-rate * years[i]) * normal_cdf(d2)
    return prices


if __name__ == "__main__":
    n = 900000
    index = np.arange(n)
    prices = price_book(80 + (index * 7) % 41 * 1.0, 90 + (index * 3) % 23 * 1.0, 0.25 + (index % 12) / 12)
    print("%.10g %.10g %.10g" % (prices.sum(), prices.max(), prices.min()))
