"""Tests the labels of test/verdicts/legality by experiment.

Each script is run as it stands, and then with its labelled loop rewritten on the syntax tree: the trips are written out to a
list, cut into contiguous parts, and the parts are run in another order, each from the state a separate worker would start with:

- a name the body assigns has again its value from before the loop (or none);
- an accumulator named under `gather` starts empty;
- the `random` and `numpy.random` streams are put back as they were before the loop.

Everything else (arrays, objects, files) is shared. Then the accumulators are joined in the order of the parts, and every other
assigned name has the value the last part left. A legal loop prints the same in every plan, floats within 1e-9; an illegal one has at
least one plan that differs: its witness.

    python test/verdicts/legality_check.py [--record] [--missing] [--full] [--half tune|final] [NAME...]

--record writes what was seen into labels.json (`checked`); --missing takes only the labels that have nothing there yet; --full runs the programs as
they are, where otherwise the number under `size` is an eighth, in every run. The exit status is 1 when a label and the experiment disagree.
"""

import argparse
import ast
import contextlib
import copy
import io
import json
import math
import os
import random
import re
import subprocess
import sys
import time

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "legality")
LABELS = os.path.join(FOLDER, "labels.json")
NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
UNBOUND = object()
WHOLE = "whole"
PLANS = {
    "two halves, second first": lambda n: backwards(cut(n, 2)),
    "13 parts, last first": lambda n: backwards(cut(n, 13)),
    "parts of a trip each (1,500 parts at most), shuffled": lambda n: shuffled(cut(n, 1500)),
}


def cut(n, count):
    """The trips 0..n-1 as contiguous (first, end) parts, none empty."""
    count = max(1, min(n, count))
    edges = [n * k // count for k in range(count + 1)]
    return list(zip(edges, edges[1:]))


def backwards(parts):
    return list(reversed(list(enumerate(parts))))


def shuffled(parts):
    numbered = list(enumerate(parts))
    random.Random(len(numbered)).shuffle(numbered)
    return numbered


def merge_first(better):
    """(key, rest...) of the best part, the earliest on a tie."""

    def merge(start, parts):
        best = start
        for part in parts:
            if better(part[0], best[0]):
                best = part
        return best

    return merge


def fold(operation):
    def merge(start, parts):
        result = start
        for part in parts:
            result = operation(result, part)
        return result

    return merge


def merge_keys(operation):
    def merge(start, parts):
        result = copy.copy(start)
        for part in parts:
            for key, value in part.items():
                result[key] = operation(result[key], value) if key in result else value
        return result

    return merge


def empty(start):
    made = copy.copy(start)
    made.clear()
    return made


def zero(start):
    return [zero(x) for x in start] if isinstance(start, list) else {k: zero(v) for k, v in start.items()} if isinstance(start, dict) else start * 0


def add(a, b):
    if isinstance(a, list):
        return [add(x, y) for x, y in zip(a, b)]
    return {k: add(a[k], b[k]) for k in a} if isinstance(a, dict) else a + b


def same(start):
    return start


# kind: (what a part starts with, how the parts are joined)
KINDS = {
    "sum": (zero, fold(add)),  # numbers, arrays, lists and fixed dicts of numbers
    "product": (lambda start: 1, fold(lambda a, b: a * b)),
    "min": (same, fold(min)),
    "max": (same, fold(max)),
    "and": (same, fold(lambda a, b: a & b)),
    "or": (same, fold(lambda a, b: a | b)),
    "xor": (lambda start: 0, fold(lambda a, b: a ^ b)),
    "any": (same, fold(lambda a, b: a or b)),
    "all": (same, fold(lambda a, b: a and b)),
    "list": (empty, fold(lambda a, b: a + b)),
    "text": (lambda start: start[:0], fold(lambda a, b: a + b)),
    "set": (empty, fold(lambda a, b: a | b)),
    "keys": (empty, merge_keys(lambda a, b: b)),
    "keys-sum": (empty, merge_keys(lambda a, b: a + b)),
    "keys-max": (empty, merge_keys(max)),
    "keys-min": (empty, merge_keys(min)),
    "first-min": (same, merge_first(lambda a, b: a < b)),
    "first-max": (same, merge_first(lambda a, b: a > b)),
}


class Runtime:
    """What the rewritten loop calls."""

    def __init__(self, plan):
        self.plan = plan
        self.loop_s = 0.0
        self.UNBOUND = UNBOUND

    def streams(self):
        numpy = sys.modules.get("numpy")
        return random.getstate(), numpy and numpy.random.get_state()

    def restore(self, streams):
        random.setstate(streams[0])
        if streams[1]:
            sys.modules["numpy"].random.set_state(streams[1])

    def parts(self, trips):
        """Yields (number, trips) in the plan's order. Under the whole plan the loop's own iterator is passed on untouched."""
        began = time.process_time()
        try:
            if self.plan == WHOLE:
                yield 0, trips
            else:
                trips = list(trips)
                streams = self.streams()
                for number, (first, end) in PLANS[self.plan](len(trips)):
                    self.restore(streams)
                    yield number, trips[first:end]
        finally:  # a return out of the loop closes this generator
            self.loop_s += time.process_time() - began

    def fresh(self, kind, start):
        return copy.copy(start) if self.plan == WHOLE else KINDS[kind][0](start)

    def join(self, kind, start, kept, key):
        values = [kept[number][key] for number in sorted(kept)]
        return values[0] if self.plan == WHOLE else KINDS[kind][1](start, values)

    def last(self, kept, key):
        return kept[max(kept)][key] if kept else UNBOUND

    def gathered(self, kind, results):
        """Results as (part, result), put in the order of the parts."""
        results = [result for _, result in sorted(results, key=lambda numbered: numbered[0])]
        return results if kind == "list" else set(results) if kind == "set" else dict(results)


def assigned_names(body):
    """Names the statements bind in their own scope."""
    names = []

    def visit(node):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.AsyncFunctionDef)):
            names.append(node.name)
            return
        if isinstance(node, ast.Lambda):
            return
        if isinstance(node, (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
            names.extend(inner.target.id for inner in ast.walk(node) if isinstance(inner, ast.NamedExpr))
            return
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.append(node.id)
        for child in ast.iter_child_nodes(node):
            visit(child)

    for statement in body:
        visit(statement)
    return list(dict.fromkeys(names))


def statements(text):
    return ast.parse(text).body


class Shrink(ast.NodeTransformer):
    """Puts a smaller number in place of the one that sets the amount of work."""

    def __init__(self, size):
        self.size = size

    def visit_Constant(self, node):
        return ast.copy_location(ast.Constant(max(2, self.size // 8)), node) if node.value == self.size else node


class Rewriter(ast.NodeTransformer):
    def __init__(self, label):
        self.label = label
        self.found = 0

    def visit_For(self, node):
        return self.loop(node, node.iter) if node.lineno == self.label["line"] and not self.found else self.generic_visit(node)

    def visit_While(self, node):
        if node.lineno != self.label["line"] or self.found:
            return self.generic_visit(node)
        trips = ast.parse(self.label["trips"], mode="eval").body
        counter = ast.Name(self.label["counter"], ast.Store())
        return self.loop(ast.For(counter, trips, node.body, node.orelse), trips)

    def loop(self, node, trips):
        self.found += 1
        gather = self.label.get("gather", {})
        groups = {expression: [part.strip() for part in expression.split(",")] for expression in gather}
        accumulators = {name for group in groups.values() for name in group}
        plain = [name for name in assigned_names([node.target] + node.body) if name not in accumulators]
        before, start, keep, after = [], [], [], []
        for name in plain:
            before.append(f"try:\n  _b_{name} = {name}\nexcept NameError:\n  _b_{name} = _rt.UNBOUND")
            start.append(f"{name} = _b_{name}\nif {name} is _rt.UNBOUND:\n  del {name}")
            keep.append(f"try:\n  _k[{name!r}] = {name}\nexcept NameError:\n  _k[{name!r}] = _rt.UNBOUND")
            after.append(f"{name} = _rt.last(_kept, {name!r})\nif {name} is _rt.UNBOUND:\n  del {name}")
        for number, (expression, kind) in enumerate(gather.items()):
            tuple_of = f"({expression})"
            before.append(f"_a{number} = {tuple_of}")
            start.append(f"{tuple_of} = _rt.fresh({kind!r}, _a{number})")
            keep.append(f"_k[{expression!r}] = {tuple_of}")
            after.append(f"{tuple_of} = _rt.join({kind!r}, _a{number}, _kept, {expression!r}) if _kept else _a{number}")
        part = statements("for _n, _part in _rt.parts(_trips):\n  pass")[0]
        node.iter = ast.Name("_part", ast.Load())
        part.body = sum(map(statements, start), []) + [node] + sum(map(statements, ["_k = _kept[_n] = {}"] + keep), [])
        out = [ast.Assign([ast.Name("_trips", ast.Store())], trips)] + sum(map(statements, ["_kept = {}"] + before), [])
        return out + [part] + sum(map(statements, after), [])

    def gathered(self, kind, result, generators):
        """`[result for x in trips]` with the trips taken part by part, each result with its part's number."""
        self.found += 1
        call = ast.parse(f"_rt.gathered({kind!r}, [(_n, 0) for _n, _part in _rt.parts(0)])", mode="eval").body
        listed = call.args[1]
        listed.elt.elts[1] = result
        listed.generators[0].iter.args[0] = generators[0].iter
        generators[0].iter = ast.Name("_part", ast.Load())
        listed.generators += generators
        return call

    def comprehension(self, node, kind):
        if node.lineno != self.label["line"] or self.found:
            return self.generic_visit(node)
        result = ast.Tuple([node.key, node.value], ast.Load()) if kind == "dict" else node.elt
        return self.gathered(kind, result, node.generators)

    def visit_ListComp(self, node):
        return self.comprehension(node, "list")

    visit_GeneratorExp = visit_ListComp

    def visit_SetComp(self, node):
        return self.comprehension(node, "set")

    def visit_DictComp(self, node):
        return self.comprehension(node, "dict")

    def visit_Call(self, node):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", None)
        if name not in ("map", "starmap", "filter") or node.lineno != self.label["line"] or self.found:
            return self.generic_visit(node)
        if len(node.args) > 2:
            listed = ast.parse("[_f(*_x) for _x in _t]", mode="eval").body
            listed.elt.func = node.args[0]
            listed.generators[0].iter = ast.Call(ast.Name("zip", ast.Load()), node.args[1:], [])
            return self.gathered("list", listed.elt, listed.generators)
        call = self.gathered("list", ast.Name("_y", ast.Load()), [ast.comprehension(ast.Name("_y", ast.Store()), node.args[1], [], 0)])
        call.args[1].generators[1].iter = ast.Call(node.func, [node.args[0], ast.Name("_part", ast.Load())], [])
        return call


def execute(label, plan, full):
    """Prints as JSON what the script printed under a plan (None: as it stands), or the exception it ended with."""
    path = os.path.join(FOLDER, label["half"], label["script"])
    with open(path, encoding="utf-8") as file:
        source = file.read()
    tree = ast.parse(source, path)
    if "numpy" in source:
        import numpy.random  # not part of the loop's share of the time
    if label.get("size") and not full:
        tree = Shrink(label["size"]).visit(tree)
    runtime = Runtime(plan)
    if plan is not None:
        rewriter = Rewriter(label)
        tree = ast.fix_missing_locations(rewriter.visit(tree))
        if rewriter.found != 1:
            raise SystemExit(f"{label['script']}:{label['line']}: no loop there")
    sys.path.insert(0, os.path.dirname(path))
    sys.argv = [path]
    module = type(sys)("__main__")
    module.__dict__.update(__file__=path, _rt=runtime)
    sys.modules["__main__"] = module
    out = io.StringIO()
    began = time.process_time()
    with contextlib.redirect_stdout(out):
        try:
            exec(compile(tree, path, "exec"), module.__dict__)
        except BaseException as error:  # a plan may well break an illegal loop; that is a difference too
            out.write(f"\n{type(error).__name__}: {error}")
    seconds = time.process_time() - began
    print(json.dumps({"text": out.getvalue(), "seconds": seconds, "loop_s": runtime.loop_s}))


def observe(label, plan, full):
    command = [sys.executable, os.path.abspath(__file__), "--execute", json.dumps(label), "--plan", json.dumps(plan)] + ["--full"] * full
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True, timeout=900)
    if done.returncode:
        raise SystemExit(f"{label['script']}: {done.stderr}")
    return json.loads(done.stdout)


def agree(left, right):
    """Whether two outputs are the same text, with numbers equal within 1e-9 relative."""
    if left == right:
        return True
    if NUMBER.split(left) != NUMBER.split(right):
        return False
    pairs = zip(NUMBER.findall(left), NUMBER.findall(right))
    return all(a == b or ("." in a and math.isclose(float(a), float(b), rel_tol=1e-9)) for a, b in pairs)


def difference(left, right):
    """What the first two differing lines have instead of one another, cut short."""
    left, right = left.strip().splitlines(), right.strip().splitlines()
    where = next((k for k, (a, b) in enumerate(zip(left, right)) if not agree(a, b)), min(len(left), len(right)))
    return tuple((lines[where] if where < len(lines) else "no line")[:80] for lines in (left, right))


def check(label, full):
    """(right, what was seen) of one label."""
    plain = observe(label, None, full)
    again = observe(label, WHOLE, full)
    share = again["loop_s"] / again["seconds"]
    print(f"  {label['script']}: {plain['seconds']:.2f} s, loop {share:.0%}", file=sys.stderr)
    if plain["text"] != again["text"] or "Error:" in plain["text"]:
        return False, f"the rewritten loop does not print what the script prints: {plain['text'][-300:]!r}, {again['text'][-300:]!r}"
    if not plain["text"].strip():
        return False, "prints nothing"
    if share < 0.5:
        return False, f"the loop is only {share:.0%} of the CPU time"
    for plan in PLANS:
        text = observe(label, plan, full)["text"]
        if not agree(plain["text"], text):
            was, now = difference(plain["text"], text)
            return not label["legal"], f"differs in {plan}: {was} became {now}"
    return label["legal"], f"same in {'; '.join(PLANS)}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("names", nargs="*")
    parser.add_argument("--half")
    parser.add_argument("--record", action="store_true")
    parser.add_argument("--missing", action="store_true")
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--execute")
    parser.add_argument("--plan")
    options = parser.parse_args()
    if options.execute:
        execute(json.loads(options.execute), json.loads(options.plan), options.full)
        return 0
    with open(LABELS, encoding="utf-8") as file:
        labels = json.load(file)
    wrong = 0
    seen_of = {}
    for label in labels:
        if options.half not in (None, label["half"]) or (options.names and label["script"][:-3] not in options.names):
            continue
        if options.missing and label["checked"]:
            continue
        right, seen = check(label, options.full)
        wrong += not right
        print(f"{'ok   ' if right else 'WRONG'} {label['half']}/{label['script']}:{label['line']} {'legal' if label['legal'] else 'illegal'}: {seen}")
        if right:
            seen_of[label["script"]] = seen
    if options.record:
        with open(LABELS, encoding="utf-8") as file:  # another half may have been recorded meanwhile
            labels = json.load(file)
        for label in labels:
            label["checked"] = seen_of.get(label["script"], label["checked"])
        with open(LABELS, "w", encoding="utf-8") as file:
            json.dump(labels, file, indent=2, ensure_ascii=False)
            file.write("\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
