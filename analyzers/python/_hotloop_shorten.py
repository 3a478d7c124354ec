"""Gives the functions that hold observed lines shorter arguments, so that both versions of a program are seen on an empty input and on one item.

Lists, tuples, mappings and NumPy arrays keep their first items; what is shorter already, and everything else, is handed on as it is.
"""
import ast
import functools
import itertools
import sys
import types

NAME = "__hotloop_shorten__"
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


class Shortener:
    """`calls` counts the calls from outside that had something to shorten."""

    def __init__(self, count):
        self.count = count
        self.calls = 0
        self.depth = 0

    def shorter(self, value):
        kind = type(value)
        if kind in (list, tuple, dict):
            if len(value) <= self.count:
                return value
            return kind(itertools.islice(value.items() if kind is dict else value, self.count))
        if kind.__module__ == "numpy" and kind.__name__ == "ndarray" and value.ndim > 0 and len(value) > self.count:
            return value[: self.count]
        return value

    def decorator(self, function):
        """What is no plain, remembered or compiled function is handed through."""
        kind = type(function)
        library = (getattr(kind, "__module__", "") or "").partition(".")[0]
        if kind is not types.FunctionType and library not in ("functools", "numba"):
            return function

        def shortened(*args, **kwargs):
            # A function that calls itself is called from outside once.
            if self.depth > 0:
                return function(*args, **kwargs)
            few = [self.shorter(one) for one in args]
            named = {name: self.shorter(one) for name, one in kwargs.items()}
            if any(a is not b for a, b in zip(args, few)) or any(kwargs[name] is not named[name] for name in kwargs):
                self.calls += 1
            self.depth += 1
            try:
                return function(*few, **named)
            finally:
                self.depth -= 1

        functools.update_wrapper(shortened, getattr(function, "py_func", function))
        for attribute in ("cache_info", "cache_clear", "py_func"):
            if hasattr(function, attribute) and not hasattr(shortened, attribute):
                setattr(shortened, attribute, getattr(function, attribute))
        if library == "numba":
            # Another compiled function that calls this one is typed by what lies below.
            shortened._numba_type_ = sys.modules["numba"].typeof(function)
        return shortened
