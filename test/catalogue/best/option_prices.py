"""Prices a book of European call options."""
import math
import numpy as np

# numpy has no erf: the scalar one stays, the rest is done on arrays


def normal_cdf(x):
    erf = np.fromiter(map(math.erf, (x / math.sqrt(2.0)).tolist()), float, len(x))
    return 0.5 * (1.0 + erf)


def price_book(spots, strikes, years, rate=0.03, volatility=0.2):
    root = volatility * np.sqrt(years)
    d1 = (np.log(spots / strikes) + (rate + volatility * volatility / 2) * years) / root
    d2 = d1 - root
    return spots * normal_cdf(d1) - strikes * np.exp(-rate * years) * normal_cdf(d2)


if __name__ == "__main__":
    n = 900000
    index = np.arange(n)
    prices = price_book(80 + (index * 7) % 41 * 1.0, 90 + (index * 3) % 23 * 1.0, 0.25 + (index % 12) / 12)
    print("%.10g %.10g %.10g" % (prices.sum(), prices.max(), prices.min()))
