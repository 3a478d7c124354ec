"""Finds slow requests and odd addresses in one large access log held in memory."""
import re

LINE = '10.%d.%d.7 - [%02d:%02d:07] "GET /shop/item/%d?ref=mail HTTP/1.1" 200 %d "took %dms"\n'
REPEATED = re.compile(r'(\d+)\.(\d+)\.\d+\.\d+[^\n]*?item/\d*(\d)\3\d*\?[^\n]*took \d{4}ms')
ADDRESS = re.compile(r'(?:[a-z]+[./])*[a-z]+\?[a-z]+=m[a-z]*x')


def make_log(lines):
    return ''.join(LINE % (n % 250, n % 31, n % 24, n % 60, n * 7919 % 100000, n * 31 % 9000, n * 13 % 1400) for n in range(lines))


def scan(text):
    return REPEATED.findall(text), ADDRESS.findall(text)


def main():
    text = make_log(26_000)
    hits = 0
    for _ in range(4):
        slow, odd = scan(text)
        hits += len(slow) + len(odd)
    print(hits)


main()
