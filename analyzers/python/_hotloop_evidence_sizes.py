"""How large a value is when it is pickled, or why it cannot be. No code of the program's own classes runs.

What a class does by itself (`__reduce__`, `__getstate__`) is not asked; plain instances are written down attribute by attribute.
"""
import copyreg
import pickle
import sys
import time

from _hotloop_facts import module_of, name_of

MOST_BYTES = 64 << 20
MOST_ITEMS = 2000
_HEAP = 1 << 9
_HOOKS = ("__reduce__", "__reduce_ex__", "__getstate__", "__getnewargs__", "__getnewargs_ex__")
_LIBRARIES = frozenset(("builtins", "numpy", "pandas", "collections", "datetime", "decimal", "fractions", "uuid", "pathlib", "array", "random", "zoneinfo", "ipaddress", "re", "functools", "itertools", "operator"))
_NEVER = frozenset(("generator", "coroutine", "async_generator", "frame", "module", "traceback", "socket", "lock", "RLock", "TextIOWrapper", "BufferedReader", "BufferedWriter", "BufferedRandom", "FileIO", "Connection", "Cursor", "code", "_local", "Thread", "Condition", "Event", "Semaphore", "memoryview", "mmap", "list_iterator", "dict_keyiterator"))


_mro = type.__dict__["__mro__"].__get__
_dict = type.__dict__["__dict__"].__get__
_flags = type.__dict__["__flags__"].__get__


class _Unknown(Exception):
    """Its size cannot be told without running code of the program."""


class _Problem(Exception):
    """It cannot be pickled."""


class _Full(Exception):
    pass


class _Counter:
    def __init__(self, until):
        self.count = 0
        self.until = until

    def write(self, data):
        self.count += len(data) if isinstance(data, bytes) else memoryview(data).nbytes
        if self.count > MOST_BYTES or time.perf_counter() > self.until:
            raise _Full()


def _by_name(value, module, qualname):
    """True when unpickling finds the same thing under its name."""
    found = sys.modules.get(module)
    for part in qualname.split("."):
        kind = type(found)
        space = object.__getattribute__(found, "__dict__") if kind is type(sys) else _dict(found) if type in _mro(kind) else None
        if space is None or part not in space:
            return False
        found = space[part]
        if type(found) in (staticmethod, classmethod):
            found = found.__func__
    return found is value


def _plain_state(value, kind):
    state = {}
    try:
        own = object.__getattribute__(value, "__dict__")
        if type(own) is dict:
            state.update(own)
    except AttributeError:
        pass
    for base in _mro(kind):
        slots = _dict(base).get("__slots__")
        if slots is None or not _flags(base) & _HEAP:
            continue
        for name in (slots,) if isinstance(slots, str) else tuple(slots):
            private = name.startswith("__") and not name.endswith("__")
            member = _dict(base).get("_%s%s" % (name_of(base).lstrip("_"), name) if private else name)
            if type(member).__name__ != "member_descriptor":
                continue
            try:
                state[name] = member.__get__(value, kind)
            except AttributeError:
                continue
    return state


class _Sizer(pickle.Pickler):
    def __init__(self, out):
        super().__init__(out, 4)
        self.extra = 0

    def reducer_override(self, value):
        kind = type(value)
        name = name_of(kind).rpartition(".")[2]
        if type in type.__dict__["__mro__"].__get__(kind):
            module, qualname = module_of(value), name_of(value)
            if not _flags(value) & _HEAP:
                return NotImplemented
            if not _by_name(value, module, qualname):
                raise _Problem("the class %s is not at the top level of a module" % qualname)
            return (str, (module + "." + qualname,))
        if name == "function":
            if not _by_name(value, value.__module__, value.__qualname__):
                what = "a lambda" if value.__name__ == "<lambda>" else "the function %s, which is not at the top level of a module" % value.__name__
                raise _Problem("it holds " + what)
            return (str, (value.__module__ + value.__qualname__,))
        if name in ("builtin_function_or_method", "method_descriptor", "ufunc", "wrapper_descriptor"):
            return (str, (value.__name__,))
        if name == "method" and module_of(kind) == "builtins":
            return (tuple, ((value.__self__, value.__func__),))
        if name in _NEVER and not (_flags(kind) & _HEAP and _root(kind) not in sys.builtin_module_names and self._own(kind)):
            raise _Problem("it holds a %s" % name)
        if module_of(kind) == "numpy":
            if name == "ndarray" and value.dtype.kind != "O":
                self.extra += value.nbytes + 120
                return (tuple, ())
            if sys.modules["numpy"].generic in _mro(kind):
                self.extra += 80
                return (tuple, ())
        if _root(kind) == "pandas" and name in ("DataFrame", "Series"):
            used = value.memory_usage(deep=False)
            self.extra += int(used.sum()) if name == "DataFrame" else int(used)
            return (tuple, ())
        if kind in copyreg.dispatch_table and _root(kind) not in _LIBRARIES:
            raise _Unknown()
        if not _flags(kind) & _HEAP or _root(kind) in _LIBRARIES:
            if _root(kind) in _LIBRARIES:
                return NotImplemented
            raise _Unknown()
        return self._instance(value, kind)

    @staticmethod
    def _own(kind):
        return module_of(kind) not in ("threading", "io", "_io", "socket", "sqlite3")

    def _instance(self, value, kind):
        for base in _mro(kind):
            if base is object or (module_of(base) in ("builtins", "collections", "typing", "abc", "enum") and name_of(base) != "object"):
                continue
            if not _flags(base) & _HEAP:
                raise _Unknown()
            if any(hook in _dict(base) for hook in _HOOKS) and "_fields" not in _dict(base):
                raise _Unknown()
        name = str(module_of(kind)) + "." + name_of(kind)
        if not _by_name(kind, module_of(kind), name_of(kind)):
            raise _Problem("the class %s is not at the top level of a module" % name_of(kind))
        enum = sys.modules.get("enum")
        if enum is not None and enum.EnumMeta in _mro(type(kind)):
            return (str, (name,))
        state = _plain_state(value, kind)
        if dict in _mro(kind):
            return (dict, (), dict(state, **{"": name}), None, iter(list(dict.items(value))))
        if list in _mro(kind):
            return (list, (), dict(state, **{"": name}), list.__iter__(value))
        if tuple in _mro(kind):
            return (tuple, (tuple(tuple.__iter__(value)), name))
        if set in _mro(kind) or frozenset in _mro(kind):
            return (tuple, (tuple(set.__iter__(value) if set in _mro(kind) else frozenset.__iter__(value)), name))
        if not {int, float, str, bytes, BaseException}.isdisjoint(_mro(kind)):
            self.extra += 80
            return (tuple, ())
        return (object, (), dict(state, **{"": name}))


def _root(kind):
    module = module_of(kind)
    return module.partition(".")[0] if type(module) is str else ""


def _written(value, seconds):
    out = _Counter(time.perf_counter() + seconds)
    sizer = _Sizer(out)
    sizer.dump(value)
    return out.count + sizer.extra


def pickled_size(value, seconds):
    """{"bytes": n}, {"problem": why}, or None where it cannot be told. Long lists and dicts are judged by a part. Never raises."""
    kind = type(value)
    try:
        if kind in (list, tuple) and len(value) > MOST_ITEMS:
            step = len(value) // 500
            return {"bytes": int(_written(list(value[::step]), seconds) * len(value) / len(value[::step]))}
        if kind is dict and len(value) > MOST_ITEMS:
            part = [pair for _, pair in zip(range(500), dict.items(value))]
            return {"bytes": int(_written(part, seconds) * len(value) / 500)}
        return {"bytes": _written(value, seconds)}
    except _Problem as problem:
        return {"problem": str(problem)}
    except Exception:  # noqa: BLE001
        return None
