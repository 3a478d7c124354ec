"""Watches calls of functions that an edit changes: what they give back and what they do to their arguments.

Only calls that come from outside of all watched functions are looked at: a memoized function calls itself less often, and that is no difference.
The first calls are described one by one, later ones in a running digest of fewer and fewer of them; both depend on the number of the call alone,
so that two runs of the same program look at the same calls.
"""
import functools
import sys
import time
import types
from _thread import get_ident

from _hotloop_values import Digest, capture, short_name

FIRST = 20
# Calls described in the digest grow with the logarithm of all calls.
DENSE = 200
MOST_NODES = 300000
MOST_FLOATS = 300000
# Levels of recursion that are added at a time for our own frames.
ROOM = 50
_UNFINISHED = 0x20 | 0x80 | 0x100 | 0x200
_PLAIN = (type(None), bool, int, float, complex, str, bytes, tuple, frozenset, range, type, types.FunctionType, types.BuiltinFunctionType)


class _Log:
    def __init__(self, name):
        self.name = name
        self.count = 0
        self.next = 1
        self.takes = ""
        self.seconds = 0.0
        self.rows = []
        self.digest = Digest(MOST_FLOATS, MOST_NODES)
        self.last = 0
        self.sampled = 0


class _Region:
    """Calls from within watched calls of the same region do not count."""

    def __init__(self):
        self.logs = {}
        self.depth = 0


class CallWatch:
    """`spent` is the time that describing took. One for each process."""

    def __init__(self):
        self.regions = {}
        self.thread = get_ident()
        self.depth = 0
        self.room = 0
        self.spent = 0.0

    def stop(self):
        """In a forked child: the functions go on, nobody looks."""
        self.thread = None

    def rows(self, region):
        """@returns [{"name", "takes", "entries", "seconds", "exits"}] of the functions of this region."""
        return [
            {"name": log.name, "takes": log.takes, "entries": log.count, "seconds": log.seconds, "exits": log.rows + self._digested(log)}
            for log in (list(self.regions[region].logs.values()) if region in self.regions else ())
        ]

    @staticmethod
    def _digested(log):
        if not log.sampled:
            return []
        value = log.digest.described("%s()" % log.name, "%d of the later calls" % log.sampled)
        return [{"entry": log.last, "error": None, "values": [value]}]

    def decorator(self, region, name):
        """The decorator that watches one function. What is no function with a result of its own is handed through."""

        def decorate(function):
            try:
                return self._watched(function, region, name)
            except Exception:  # noqa: BLE001
                return function

        return decorate

    def _watched(self, function, region, name):
        kind = type(function)
        if kind in (staticmethod, classmethod):
            inner = self._watched(function.__func__, region, name)
            return function if inner is function.__func__ else kind(inner)
        module = getattr(kind, "__module__", "") or ""
        plain = getattr(function, "py_func", None) or getattr(function, "__wrapped__", None) or function
        code = getattr(plain, "__code__", None)
        known = kind is types.FunctionType or module.partition(".")[0] in ("functools", "numba")
        if not known or code is None or code.co_flags & _UNFINISHED:
            return function
        scope = self.regions.setdefault(region, _Region())
        # A definition that runs again, in a function or in a loop, goes on in the same log.
        log = scope.logs.setdefault(name, _Log(name))
        clock = time.perf_counter

        def observed(*args, **kwargs):
            if get_ident() != self.thread:
                return function(*args, **kwargs)
            scope.depth += 1
            self.depth += 1
            if self.depth > self.room:
                self._make_room()
            try:
                if scope.depth > 1:
                    return function(*args, **kwargs)
                log.count += 1
                looked = log.count == log.next
                begin = clock()
                result, error = None, None
                try:
                    result = function(*args, **kwargs)
                    return result
                except BaseException as caught:
                    error = caught
                    raise
                finally:
                    log.seconds += clock() - begin
                    if looked:
                        self._describe(log, args, kwargs, result, error)
                    error = None
            finally:
                scope.depth -= 1
                self.depth -= 1

        functools.update_wrapper(observed, plain if kind is types.FunctionType else function)
        for attribute in ("cache_info", "cache_clear", "cache_parameters", "py_func", "signatures", "inspect_types", "recompile"):
            if hasattr(function, attribute) and not hasattr(observed, attribute):
                setattr(observed, attribute, getattr(function, attribute))
        if module.partition(".")[0] == "numba":
            # Another compiled function that calls this one is typed by what lies below.
            observed._numba_type_ = sys.modules["numba"].typeof(function)
        return observed

    def _make_room(self):
        # Our frame lies between two of the program's: its recursion must not end earlier for that.
        sys.setrecursionlimit(sys.getrecursionlimit() + ROOM)
        self.room += ROOM

    def _describe(self, log, args, kwargs, result, error):
        begin = time.perf_counter()
        log.next = log.count + 1 + log.count // DENSE
        changed = [one for one in list(args) + list(kwargs.values()) if not isinstance(one, _PLAIN)]
        if log.count == 1:
            log.takes = ", ".join(short_name(one) for one in list(args) + list(kwargs.values()))
        failed = None if error is None else type(error).__name__
        if log.count <= FIRST:
            values = []
            if error is None:
                values.append(capture("%s()" % log.name, result, MOST_FLOATS // FIRST, MOST_NODES // FIRST))
            if changed:
                values.append(capture("%s() arguments" % log.name, changed, MOST_FLOATS // FIRST, MOST_NODES // FIRST))
            log.rows.append({"entry": log.count, "error": failed, "values": values})
        elif not log.digest.full():
            log.last = log.count
            log.sampled += 1
            log.digest.add("" if failed is None else failed, result, changed)
        self.spent += time.perf_counter() - begin
