"""Calls the functions of a page's `before` and `after` with generated arguments and says where they differ.

Reads one JSON request a line: {"setup", "before", "after", "tolerance", "examples"}; writes {"functions", "tried", "problems", "skipped"} as one line each.
What a function is called with in its page tells the kinds of its arguments; the generated ones are of these kinds and of all that people
pass by mistake: other numbers, other containers, NaN, infinities, huge ints, nothing at all.
"""

import copy
import json
import math
import sys
import warnings

import numpy as np
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from page_values import without_cache

SPECIAL = [0.0, -0.0, 1.0, -1.0, 0.5, float("inf"), float("-inf"), float("nan"), 1e308, -1e308, 1e-308, 1e200, 710.0, 1e17]
INTS = [0, 1, -1, 2, 7, 2**31, -(2**31), 2**53 + 1, 3_037_000_500, 2**62, 2**63 - 1, -(2**63), 2**63, 2**64, 2**70, -(2**70)]


class Items:
    """A container that is made anew for each call: generators can be read only once."""

    def __init__(self, container, items):
        self.container, self.items = container, items

    def __repr__(self):
        return f"{self.container}({self.items!r})"

    def make(self):
        items = copy.deepcopy(self.items)
        if self.container == "list":
            return items
        if self.container == "tuple":
            return tuple(items)
        if self.container == "generator":
            return (item for item in items)
        return np.array(items, dtype=self.container)


# Eighths are exact in sums and products, so that the order of adding does not show where nothing else is wrong.
eighths = st.integers(-800, 800).map(lambda number: number / 8)
# No sum of 1e200 reaches infinity: where a sum overflows on its way depends on the order, as the pages say.
floats = st.one_of(eighths, eighths, st.sampled_from([value for value in SPECIAL if abs(value) != 1e308]))
ints = st.one_of(st.integers(-20, 20), st.integers(-20, 20), st.sampled_from(INTS))
odd = st.one_of(st.booleans(), ints, floats, floats.map(np.float64), ints.filter(lambda n: abs(n) < 2**62).map(np.int64), st.just("a"), st.none(), st.just([1.0]))


def sized(items, size):
    return st.lists(items, min_size=size, max_size=size)


NUMBERS = {"float": floats, "int": ints, "bool": st.booleans()}
CALM = {"float": eighths, "int": st.integers(-20, 20), "bool": st.booleans()}


def container(draw, seen, element, size):
    """Numbers in a container, mostly as it was seen, and what else may come."""
    usual, calm = NUMBERS[element], CALM[element]
    choice = draw(st.integers(0, 11))
    if choice < 4:
        return Items(seen, draw(sized(calm, size)))
    if choice < 7:
        return Items(seen, draw(sized(usual if seen in ("list", "tuple") or element == "float" else calm, size)))
    if choice == 7:
        return Items(draw(st.sampled_from(["list", "tuple", "generator"])), draw(sized(usual, size)))
    if choice == 8:
        return Items("list", draw(sized(draw(st.sampled_from(list(NUMBERS.values()))), size)))
    if choice == 9:
        kinds = ["float64", "float32", "int64", "int32", "uint8", "bool", "object"]
        return Items(draw(st.sampled_from(kinds)), draw(sized(st.integers(0, 5), size)))
    return Items("list", draw(sized(odd, size)))


def frame(draw, seen, size):
    """A data frame with the columns and types of the one that was seen, which array code for its rows relies on."""
    whole = st.one_of(st.integers(-20, 20), st.sampled_from([number for number in INTS if abs(number) < 2**63]))
    values = {"f": floats, "i": whole, "b": st.booleans()}
    columns = {name: (draw(sized(values.get(column.dtype.kind, st.sampled_from([*column, "other"])), size)), column.dtype) for name, column in seen.items()}
    pandas = sys.modules["pandas"]
    return pandas.DataFrame({name: pandas.Series(items, dtype=dtype) for name, (items, dtype) in columns.items()})


def argument(draw, seen, size, alone):
    """An argument like the one that was seen, or one that was not."""
    if type(seen).__name__ == "DataFrame":
        return frame(draw, seen, size)
    if isinstance(seen, np.ndarray):
        element = "float" if seen.dtype.kind == "f" else "bool" if seen.dtype.kind == "b" else "int"
        if seen.ndim == 2:
            rows = draw(sized(sized(eighths, 3), size))
            return Items(draw(st.sampled_from([str(seen.dtype), str(seen.dtype), "float32", "int64"])), rows if rows else np.zeros((0, 3)).tolist())
        return container(draw, str(seen.dtype), element, size)
    if isinstance(seen, (list, tuple)):
        name = type(seen).__name__
        first = seen[0] if len(seen) else 0.0
        if isinstance(first, (list, tuple)):
            width = len(first)
            row = draw(st.sampled_from([sized(eighths, width), sized(floats, width), sized(ints, width), sized(odd, width), st.lists(floats, max_size=width + 1)]))
            kind = draw(st.sampled_from([type(first), type(first), tuple, list]))
            return Items(name, [kind(one) for one in draw(sized(row, size))])
        element = "bool" if isinstance(first, bool) else "int" if isinstance(first, int) else "float"
        return container(draw, name, element, size)
    if isinstance(seen, bool):
        return draw(st.booleans())
    if isinstance(seen, int):
        small = st.integers(-3, 300)
        # Two long ranges in each other would never end.
        large = st.sampled_from([65_535, 65_537]) if alone else small
        return draw(st.one_of(small, small, large, st.booleans(), small.map(np.int64), small.map(np.int32), small.map(float)))
    if isinstance(seen, float):
        return draw(st.one_of(eighths, st.sampled_from(SPECIAL), ints, st.booleans(), floats.map(np.float64), eighths.map(np.float32)))
    return seen


@st.composite
def arguments(draw, calls):
    seen = draw(st.sampled_from(calls))
    size = draw(st.one_of(st.integers(0, 4), st.integers(0, 40)))
    alone = len(seen) == 1
    return {name: argument(draw, value, size if draw(st.integers(0, 9)) else draw(st.integers(0, 5)), alone) for name, value in seen.items()}


def made(value):
    return value.make() if isinstance(value, Items) else copy.deepcopy(value)


def outcome(function, given_arguments):
    """What a call returns or raises, what it left of its arguments, and the kinds of warnings."""
    passed = {name: made(value) for name, value in given_arguments.items()}
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            result = ("returned", function(**passed))
        except Exception as error:
            result = ("raised", type(error), str(error), error.__context__)
    left = {name: list(value) if hasattr(value, "__next__") else value for name, value in passed.items()}
    return result, left, {one.category for one in caught}


def magnitude(value, most=1.0):
    """The largest number among the arguments: what cancels leaves errors of its size."""
    if isinstance(value, Items):
        return magnitude(value.items, most)
    if isinstance(value, (list, tuple)):
        for item in value:
            most = magnitude(item, most)
        return most
    if isinstance(value, (int, float, np.number)) and not isinstance(value, bool):
        try:
            size = abs(float(value))
        except OverflowError:
            return most
        return max(most, size * size if size < 1e100 else size) if size < math.inf else most
    return most


def same(a, b, tolerance, scale):
    if type(a) is not type(b):
        return False
    if isinstance(a, np.ndarray):
        return a.dtype == b.dtype and a.shape == b.shape and same(a.tolist(), b.tolist(), tolerance, scale)
    if type(a).__name__ in ("DataFrame", "Series"):
        return a.index.equals(b.index) and same(a.to_dict("list") if a.ndim == 2 else a.tolist(), b.to_dict("list") if a.ndim == 2 else b.tolist(), tolerance, scale)
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(same(x, y, tolerance, scale) for x, y in zip(a, b))
    if isinstance(a, dict):
        return list(a) == list(b) and all(same(a[key], b[key], tolerance, scale) for key in a)
    if isinstance(a, (float, np.floating)):
        if a != a or b != b:
            return a != a and b != b
        if a == b:
            return a != 0 or math.copysign(1, a) == math.copysign(1, b)
        if math.isinf(a) or math.isinf(b):
            return False
        return abs(a - b) <= tolerance * max(abs(a), abs(b), scale)
    return bool(a == b)


def calls_of(setup, text):
    """The functions that a text defines, and the arguments of every call that it makes of them."""
    seen, names = {}, {}

    def watch(frame, event, argument_):
        code = frame.f_code
        if event == "call" and code.co_filename == "<page>" and code.co_name in names.get("own", ()):
            count = code.co_argcount + code.co_kwonlyargcount
            seen.setdefault(code.co_name, []).append({name: copy.deepcopy(frame.f_locals[name]) for name in code.co_varnames[:count]})

    namespace = {"__name__": "__main__"}
    exec(compile(setup, "<setup>", "exec"), namespace)
    code = compile(text, "<page>", "exec")
    names["own"] = {one.co_name for one in code.co_consts if hasattr(one, "co_name") and one.co_name.isidentifier()}
    sys.setprofile(watch)
    try:
        exec(code, namespace)
    finally:
        sys.setprofile(None)
    return namespace, seen


def check(request):
    answer = {"functions": 0, "tried": 0, "problems": [], "skipped": None}
    try:
        before, calls = calls_of(request["setup"], request["before"])
        after = {"__name__": "__main__"}
        without_cache(request["after"])
        exec(compile(request["setup"], "<setup>", "exec"), after)
        exec(compile(request["after"], "<page>", "exec"), after)
    except ImportError as error:
        answer["skipped"] = str(error)
        return answer
    for name, seen in calls.items():
        if not callable(before.get(name)) or not seen or not seen[0]:
            continue
        answer["functions"] += 1

        @settings(
            max_examples=request["examples"],
            derandomize=True,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate, Phase.shrink],
        )
        @given(arguments(seen))
        def agree(values):
            answer["tried"] += 1
            first, left, told = outcome(before[name], values)
            second, kept, said = outcome(after[name], values)
            scale = magnitude(list(values.values()))
            assert same(first, second, request["tolerance"], scale), f"{name}({values!r}): {first!r} became {second!r}"
            assert same(left, kept, request["tolerance"], scale), f"{name}({values!r}) left {left!r}, now {kept!r}"
            assert said <= told, f"{name}({values!r}) now warns: {said - told}"

        try:
            agree()
        except BaseException as error:
            answer["problems"].append(str(error)[:600] or repr(error))
    return answer


def main():
    answers, sys.stdout = sys.stdout, sys.stderr
    for line in sys.stdin:
        answers.write(json.dumps(check(json.loads(line))) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
