"""Parses many source files and counts what they define; a broken file is reported, not fatal."""
import ast
from concurrent.futures import ProcessPoolExecutor


def source(number):
    lines = ["import os"]
    for i in range(60):
        lines.append(f"class C{number}_{i}(object):")
        lines.append(f"    def method_{i}(self, a, b={i}):")
        lines.append(f"        return [a * x + b for x in range({i + number}) if x % {i + 2}]")
    if number % 29 == 7:
        lines.append("def broken(:")
    return "\n".join(lines)


def audit(number):
    tree = ast.parse(source(number))
    kinds = {}
    for node in ast.walk(tree):
        name = type(node).__name__
        kinds[name] = kinds.get(name, 0) + 1
    return kinds["ClassDef"], kinds["FunctionDef"], sum(kinds.values())


def try_audit(number):
    try:
        return audit(number), None
    except SyntaxError as error:
        return None, error


def main():
    totals = [0, 0, 0]
    broken = []
    with ProcessPoolExecutor() as pool:
        for number, (found, error) in enumerate(pool.map(try_audit, range(460), chunksize=10)):
            if error:
                broken.append((number, error.lineno))
                continue
            for place, value in enumerate(found):
                totals[place] += value
    print(totals, broken)


if __name__ == "__main__":
    main()
