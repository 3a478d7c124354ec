"""Renders a long invoice as HTML."""
import hashlib


class Page:
    def __init__(self, title):
        self.parts = ["<h1>" + title + "</h1>\n"]

    def row(self, number, name, cents):
        line = "<tr><td>%d</td><td>%s</td>" % (number, name)
        line += "<td>%.2f</td></tr>\n" % (cents / 100)
        self.parts.append(line)

    def close(self):
        return "".join(self.parts) + "</table>"


def render(lines):
    page = Page("Invoice")
    total = 0
    for number in range(lines):
        cents = (number * 7321) % 99991
        total += cents
        page.row(number, "item " + str(number % 97), cents)
    return page.close(), total


html, total = render(15500)
print(len(html), total, hashlib.sha1(html.encode()).hexdigest())
