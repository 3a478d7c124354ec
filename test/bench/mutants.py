"""Mutants of a Python text, made mechanically from its syntax tree: python mutants.py < {"text", "lines": [numbers] | null} > {"mutants": [..]}

Only what lies in the given lines, from 1, is changed, and only where that line ran: `lines` is cut down to those that the text itself executes
when it is told to ("run": true). A mutant keeps its text's lines: {"kind", "line", "text", "change"}.
"""
import ast
import io
import json
import os
import shutil
import sys
import tempfile

SWAPS = {
    ast.Add: "-", ast.Sub: "+", ast.Mult: "+", ast.Div: "*", ast.FloorDiv: "/", ast.Mod: "//", ast.Pow: "*", ast.LShift: ">>", ast.RShift: "<<",
    ast.BitAnd: "|", ast.BitOr: "&", ast.BitXor: "&",
}  # fmt: skip
OPERATORS = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%", ast.Pow: "**", ast.LShift: "<<", ast.RShift: ">>",
    ast.BitAnd: "&", ast.BitOr: "|", ast.BitXor: "^", ast.MatMult: "@",
}  # fmt: skip
COMPARES = {ast.Lt: "<=", ast.LtE: "<", ast.Gt: ">=", ast.GtE: ">", ast.Eq: "!=", ast.NotEq: "==", ast.In: "not in", ast.NotIn: "in"}
NARROWER = {"float64": "float32", "int64": "int32", "float32": "float16", "int32": "int16"}
MAKES = {"array", "asarray", "arange", "fromiter", "empty", "zeros", "ones", "full", "linspace"}
ORDERED = {"map", "sorted", "list", "tuple", "zip", "enumerate"}
OPPOSITE = {"min": "max", "max": "min", "minimum": "maximum", "maximum": "minimum", "all": "any", "any": "all", "floor": "ceil", "sin": "cos", "cos": "sin"}
# How the work is cut up, not what it gives.
TUNING = {"chunksize", "max_workers", "workers", "processes", "maxsize", "cache"}


class Mutants(ast.NodeVisitor):
    def __init__(self, text, lines):
        self.text = text
        self.lines = lines
        rows = text.encode().splitlines(keepends=True)
        self.starts = [0]
        for row in rows:
            self.starts.append(self.starts[-1] + len(row))
        self.data = text.encode()
        self.found = []
        self.tuned = set()

    def at(self, node):
        return self.starts[node.lineno - 1] + node.col_offset, self.starts[node.end_lineno - 1] + node.end_col_offset

    def source(self, node):
        start, end = self.at(node)
        return self.data[start:end].decode()

    def put(self, kind, node, new):
        start, end = self.at(node)
        old = self.data[start:end].decode()
        if (self.lines is not None and node.lineno not in self.lines) or new == old or new.count("\n") != old.count("\n"):
            return
        text = (self.data[:start] + new.encode() + self.data[end:]).decode()
        try:
            compile(text, "x", "exec")
        except SyntaxError:
            return
        self.found.append({"kind": kind, "line": node.lineno, "text": text, "change": "%s -> %s" % (" ".join(old.split())[:60], " ".join(new.split())[:80])})

    def visit_Call(self, node):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        text = self.source(node)
        for keyword in node.keywords:
            if keyword.arg in TUNING:
                self.tuned.update(ast.walk(keyword.value))
        if name == "range" and node.args and not node.keywords:
            stop = node.args[0] if len(node.args) == 1 else node.args[1]
            self.put("off by one", stop, "(%s) - 1" % self.source(stop))
            if len(node.args) > 1:
                self.put("off by one", node.args[0], "(%s) + 1" % self.source(node.args[0]))
        if name == "arange" and len(node.args) > 1:
            self.put("last item lost", node.args[1], "(%s) - 1" % self.source(node.args[1]))
        if name in MAKES:
            self.put("dtype narrowed", node, text + ".astype('float32')")
        if name == "sum":
            self.put("accumulator's start", node, "(%s + 1)" % text)
        if name in OPPOSITE:
            start, end = self.at(node.func)
            self.put("swapped operand", node.func, self.data[start:end].decode()[: -len(name)] + OPPOSITE[name])
        if name == "where" and len(node.args) == 3:
            self.put("dropped guard", node, self.source(node.args[1]))
            self.put("dropped guard", node, self.source(node.args[2]))
        if name == "map" and node.args:
            self.put("order changed", node, "list(%s)[::-1]" % text)
            self.put("last item lost", node, "list(%s)[:-1]" % text)
        if name == "append" and len(node.args) == 1:
            start = self.source(node.func)[: -len("append")]
            self.put("order changed", node, "%sinsert(0, %s)" % (start, self.source(node.args[0])))
        if name in ("int", "float", "bool") and len(node.args) == 1:
            self.put("dtype narrowed", node, self.source(node.args[0]))
        self.generic_visit(node)

    def iterated(self, iterator):
        text = self.source(iterator)
        self.put("last item lost", iterator, "list(%s)[:-1]" % text)
        self.put("order changed", iterator, "list(%s)[::-1]" % text)

    def visit_For(self, node):
        self.iterated(node.iter)
        self.generic_visit(node)

    def visit_comprehension(self, node):
        self.iterated(node.iter)
        for test in node.ifs:
            self.put("dropped guard", test, "True")
        self.generic_visit(node)

    def visit_BinOp(self, node):
        left, right, kind = self.source(node.left), self.source(node.right), type(node.op)
        if kind in SWAPS:
            self.put("swapped operator", node, "(%s) %s (%s)" % (left, SWAPS[kind], right))
        if kind in (ast.Sub, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow, ast.MatMult):
            self.put("swapped operand", node, "((%s) %s (%s))" % (right, OPERATORS[kind], left))
        self.generic_visit(node)

    def visit_Compare(self, node):
        if len(node.ops) == 1 and type(node.ops[0]) in COMPARES:
            self.put("off by one", node, "((%s) %s (%s))" % (self.source(node.left), COMPARES[type(node.ops[0])], self.source(node.comparators[0])))
        self.generic_visit(node)

    def visit_AugAssign(self, node):
        kind, target, value = type(node.op), self.source(node.target), self.source(node.value)
        if kind in SWAPS:
            self.put("swapped operator", node, "%s %s= %s" % (target, SWAPS[kind], value))
        self.put("accumulator's start", node, "%s = %s" % (target, value))
        self.generic_visit(node)

    def visit_Assign(self, node):
        if isinstance(node.value, ast.List) and not node.value.elts:
            self.put("accumulator's start", node.value, "[None]")
        if isinstance(node.value, ast.Dict) and not node.value.keys:
            self.put("accumulator's start", node.value, "{None: None}")
        self.generic_visit(node)

    def visit_If(self, node):
        self.put("dropped guard", node.test, "not (%s)" % self.source(node.test))
        self.generic_visit(node)

    def visit_IfExp(self, node):
        self.put("dropped guard", node, "(%s)" % self.source(node.body))
        self.put("dropped guard", node, "(%s)" % self.source(node.orelse))
        self.generic_visit(node)

    def visit_Attribute(self, node):
        if node.attr in NARROWER:
            self.put("dtype narrowed", node, self.source(node)[: -len(node.attr)] + NARROWER[node.attr])
        self.generic_visit(node)

    def visit_Constant(self, node):
        if node in self.tuned:
            return
        if type(node.value) is int:
            self.put("off by one", node, str(node.value + 1))
        elif type(node.value) is float:
            self.put("off by one", node, repr(node.value + 1.0))
        elif type(node.value) is bool:
            self.put("dropped guard", node, str(not node.value))

    def visit_Return(self, node):
        if node.value is not None:
            self.put("last item lost", node.value, "None")
        self.generic_visit(node)


def executed(text):
    """The lines that the text runs, functions included."""
    seen = set()
    folder = tempfile.mkdtemp()
    path = os.path.join(folder, "page.py")
    with open(path, "w") as file:
        file.write(text)

    def local(frame, event, _):
        seen.add(frame.f_lineno)
        return local

    def trace(frame, event, _):
        if frame.f_code.co_filename != path:
            return None
        seen.add(frame.f_lineno)
        return local

    out, sys.stdout = sys.stdout, io.StringIO()
    sys.settrace(trace)
    try:
        exec(compile(text, path, "exec"), {"__name__": "__main__", "__file__": path})
    except BaseException as error:  # noqa: BLE001
        sys.stderr.write("%r\n" % error)
    finally:
        sys.settrace(None)
        sys.stdout = out
        shutil.rmtree(folder, ignore_errors=True)
    return seen


def main():
    wanted = json.load(sys.stdin)
    lines = wanted["lines"]
    if wanted.get("run"):
        ran = executed(wanted["text"])
        # A statement over several lines counts by its first.
        tree = ast.parse(wanted["text"])
        for node in ast.walk(tree):
            if isinstance(node, ast.stmt) and not hasattr(node, "body") and node.lineno in ran:
                ran.update(range(node.lineno, node.end_lineno + 1))
        lines = sorted(set(lines) & ran)
    mutants = Mutants(wanted["text"], None if lines is None else set(lines))
    mutants.visit(ast.parse(wanted["text"]))
    json.dump({"mutants": mutants.found}, sys.stdout)


if __name__ == "__main__":
    main()
