"""Tokenises and evaluates many small formulas with variables."""
import re

TOKEN = re.compile(r"\s*(?:(\d+)|([a-z]\w*)|(.))")


class Parser:
    def __init__(self, text, names):
        self.tokens = TOKEN.findall(text)
        self.at = 0
        self.names = names

    def peek(self):
        return self.tokens[self.at][2] if self.at < len(self.tokens) else ""

    def sum(self):
        value = self.product()
        while self.peek() in ("+", "-"):
            sign = self.peek()
            self.at += 1
            right = self.product()
            value = value + right if sign == "+" else value - right
        return value

    def product(self):
        value = self.atom()
        while self.peek() == "*":
            self.at += 1
            value = value * self.atom() % 1000003
        return value

    def atom(self):
        number, name, symbol = self.tokens[self.at]
        self.at += 1
        if number:
            return int(number)
        if name:
            return self.names[name]
        value = self.sum()
        self.at += 1
        return value


names = {"x": 1, "rate": 7, "last": 0}
for i in range(260000):
    names["x"] = i % 97
    names["last"] = Parser(f"({i} + x * {i % 13}) * rate - last * (x + {i % 5})", names).sum() % 1000003
print(names["last"])
