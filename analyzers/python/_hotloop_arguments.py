"""Gives the functions that hold observed lines other arguments, so that both versions of a program are seen on what its own input lacks.

Lists, tuples, mappings and NumPy arrays keep their first items, and the numbers in them may become others; everything else is handed on.
"""
import ast
import functools
import itertools
import sys
import types

NAME = "__hotloop_arguments__"
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def _start(node):
    return min([node.lineno] + [one.lineno for one in node.decorator_list])


def _parameters(node):
    arguments = node.args
    names = [one.arg for one in getattr(arguments, "posonlyargs", []) + arguments.args + arguments.kwonlyargs]
    return [name for name in names if name not in ("self", "cls")]


def _holders(tree, region):
    """The innermost function with parameters around the lines; where there is none, the functions that the lines define."""
    start, end = region["startLine"], region["endLine"]
    functions = [node for node in ast.walk(tree) if isinstance(node, _FUNCTIONS) and _parameters(node)]
    around = [node for node in functions if _start(node) <= start and node.end_lineno >= end]
    if around:
        return [max(around, key=_start)]
    return [node for node in functions if _start(node) >= start and node.end_lineno <= end]


def mark(tree, regions):
    """Puts the decorator on the functions that hold these regions; before anything else is put into the tree."""
    marked = []
    for node in itertools.chain.from_iterable(_holders(tree, region) for region in regions):
        if any(node is other for other in marked):
            continue
        marked.append(node)
        decorator = ast.copy_location(ast.Name(NAME, ast.Load()), node.decorator_list[0] if node.decorator_list else node)
        decorator.end_lineno, decorator.end_col_offset = decorator.lineno, decorator.col_offset
        node.decorator_list.insert(0, decorator)


class _Negated:
    def number(self, number):
        return -number

    array = number


class _Large:
    def number(self, number):
        return number << 70 if type(number) is int else number * 1e200

    def array(self, values):
        return values * 1e200


class _Nan:
    """Some of the floats, as one alone is seen by other code than many are."""

    def __init__(self):
        self.seen = 0

    def number(self, number):
        if type(number) is int:
            return number
        self.seen += 1
        return float("nan") if self.seen % 3 == 2 else number

    def array(self, values):
        values = values.copy()
        values.flat[1::3] = float("nan")
        return values


_NUMBERS = {"negated": _Negated, "large": _Large, "nan": _Nan}
MOST_LEVELS = 3


def _with_numbers(value, change, levels=MOST_LEVELS):
    """The value with other numbers in it; the value itself where there are none. Whole numbers of an array stay: larger ones would not be of its type."""
    kind = type(value)
    if kind is int or kind is float:
        return change.number(value)
    if _is_array(value):
        return change.array(value) if value.dtype.kind == "f" else value
    if levels == 0 or kind not in (list, tuple, dict):
        return value
    olds = list(value.values() if kind is dict else value)
    news = [_with_numbers(one, change, levels - 1) for one in olds]
    if all(old is new for old, new in zip(olds, news)):
        return value
    return kind(zip(value, news)) if kind is dict else kind(news)


def _is_array(value):
    kind = type(value)
    return kind.__module__ == "numpy" and kind.__name__ == "ndarray" and value.ndim > 0


class OtherArguments:
    """`calls` counts the calls from outside that were given something else than they asked for."""

    def __init__(self, items, numbers=None):
        """@param items: how many each argument keeps. @param numbers: 'negated', 'large', 'nan' or None, as they are."""
        self.items = items
        self.change = None if numbers is None else _NUMBERS[numbers]()
        self.calls = 0
        self.depth = 0

    def _other(self, value):
        kind = type(value)
        if kind in (list, tuple, dict):
            if len(value) > self.items:
                value = kind(itertools.islice(value.items() if kind is dict else value, self.items))
        elif _is_array(value):
            if len(value) > self.items:
                value = value[: self.items]
        else:
            # A number by itself is a size or a setting more often than a value.
            return value
        return value if self.change is None else _with_numbers(value, self.change)

    def decorator(self, function):
        """What is no plain, remembered or compiled function is handed through."""
        kind = type(function)
        library = (getattr(kind, "__module__", "") or "").partition(".")[0]
        if kind is not types.FunctionType and library not in ("functools", "numba"):
            return function

        def changed(*args, **kwargs):
            # A function that calls itself is called from outside once.
            if self.depth > 0:
                return function(*args, **kwargs)
            others = [self._other(one) for one in args]
            named = {name: self._other(one) for name, one in kwargs.items()}
            if any(a is not b for a, b in zip(args, others)) or any(kwargs[name] is not named[name] for name in kwargs):
                self.calls += 1
            self.depth += 1
            try:
                return function(*others, **named)
            finally:
                self.depth -= 1

        functools.update_wrapper(changed, getattr(function, "py_func", function))
        for attribute in ("cache_info", "cache_clear", "py_func"):
            if hasattr(function, attribute) and not hasattr(changed, attribute):
                setattr(changed, attribute, getattr(function, attribute))
        if library == "numba":
            # Another compiled function that calls this one is typed by what lies below.
            changed._numba_type_ = sys.modules["numba"].typeof(function)
        return changed
