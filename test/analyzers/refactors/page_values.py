"""Runs the blocks of refactor pages in one warm interpreter and says what they print and hold.

One JSON request a line on stdin, one JSON answer a line on stdout; the blocks' own output is captured. As `page_values.py script FILE METHOD` it runs one
file as a real `__main__` under that start method of multiprocessing and writes the answer to stdout.
"""

import io
import json
import sys
import traceback
import types

try:  # pages may use NumPy; without it they fail on their own import
    import numpy
except ImportError:
    numpy = None


def written(value, depth=0):
    """JSON that is equal for equal values of equal types; floats are kept apart so that a tolerance can be applied."""
    kind = type(value)
    name = kind.__name__ if kind.__module__ in ("builtins", "numpy") else kind.__module__ + "." + kind.__qualname__
    if depth > 12:
        return [name, "..."]
    if isinstance(value, float):
        return [name, {"float": repr(float(value))}]
    if isinstance(value, complex):
        return [name, {"float": repr(value.real)}, {"float": repr(value.imag)}]
    if value is None or isinstance(value, (bool, int, str, bytes)):
        return [name, repr(value)]
    if numpy is not None and isinstance(value, numpy.ndarray):
        return [name, str(value.dtype), list(value.shape), [written(item, depth + 1) for item in value.ravel().tolist()]]
    if numpy is not None and isinstance(value, numpy.generic):
        return [name, repr(value.item())]
    if isinstance(value, (list, tuple)):
        return [name, [written(item, depth + 1) for item in value]]
    if isinstance(value, (set, frozenset)):
        return [name, sorted(json.dumps(written(item, depth + 1)) for item in value)]
    if isinstance(value, dict):
        return [name, [[written(key, depth + 1), written(item, depth + 1)] for key, item in value.items()]]
    if isinstance(value, range):
        return [name, repr(value)]
    pandas = sys.modules.get("pandas")
    if pandas is not None and isinstance(value, (pandas.Series, pandas.Index)):
        index = [] if isinstance(value, pandas.Index) else [written(value.index, depth + 1)]
        return [name, str(value.dtype), str(value.name), [written(item, depth + 1) for item in value.tolist()], *index]
    if pandas is not None and isinstance(value, pandas.DataFrame):
        columns = [written(value.iloc[:, at], depth + 1) for at in range(value.shape[1])]
        return [name, written(value.columns, depth + 1), columns, written(value.index, depth + 1)]
    if hasattr(value, "__dict__"):
        return [name, [[key, written(item, depth + 1)] for key, item in sorted(vars(value).items())]]
    return [name]


def live(namespace):
    """Names that a reader of the module could use afterwards."""
    skipped = (types.ModuleType, types.FunctionType, types.BuiltinFunctionType, type)
    return {
        name: written(value)
        for name, value in namespace.items()
        if not name.startswith("__") and not isinstance(value, skipped) and not hasattr(value, "shutdown") and not hasattr(value, "py_func")
    }


def fact(value):
    """A ValueFact: type, length, element types and small numbers, never the value itself."""
    kind = type(value)
    known = kind.__module__ in ("builtins", "numpy")
    result = {"type": kind.__name__ if known else kind.__module__ + "." + kind.__qualname__}
    if numpy is not None and isinstance(value, numpy.ndarray):
        result.update(dtype=str(value.dtype), shape=list(value.shape))
    elif kind.__name__ == "DataFrame":
        result["dtype"] = "|".join(sorted({str(dtype) for dtype in value.dtypes}))
        result["fields"] = {name: [str(dtype)] for name, dtype in value.dtypes.items()}
        result["counted"] = value.index.equals(sys.modules["pandas"].RangeIndex(len(value)))
    elif isinstance(value, (list, tuple, dict, set, frozenset, str, bytes, range)):
        result["length"] = len(value)
        if not isinstance(value, (str, bytes, range)):
            items = list(value)
            middle = len(items) // 2
            some = items[:20] + items[max(0, middle - 10) : middle + 10] + items[-20:]
            result["elements"] = sorted({type(item).__name__ for item in some})
            records = [item if isinstance(item, dict) else getattr(item, "__dict__", {}) for item in some]
            if records and all(records) and len(result["elements"]) == 1:
                result["fields"] = {
                    name: sorted({type(record[name]).__name__ for record in records}) for name in records[0] if all(name in record for record in records)
                }
            rows = [item for item in some if isinstance(item, (list, tuple))]
            if rows and not set(result["elements"]) - {"list", "tuple"}:
                inner = sorted({type(item).__name__ for row in rows for item in row})
                result["rows"] = {"elements": inner, "lengths": [min(map(len, rows)), max(map(len, rows))]}
                if len(set(map(len, rows))) == 1 and len(rows[0]) <= 16:
                    result["rows"]["columns"] = [sorted({type(item).__name__ for item in column}) for column in zip(*rows)]
            if kind is tuple and len(value) <= 16:
                result["columns"] = [[type(item).__name__] for item in value]
    elif kind in (int, float) and abs(value) < 1e300:
        result["value"] = value
    return result


def without_cache(text):
    """A block has no file, beside which Numba could keep what it compiled."""
    if "njit(" in text:
        from numba.core.dispatcher import Dispatcher

        Dispatcher.enable_caching = lambda self: None


def run(text, path, record, module=None):
    """Runs the text as a `__main__`; with `record`, also what each of its functions and the module held when they returned."""
    frames = {}

    def watch(frame, event, argument):
        if event == "return" and frame.f_code.co_filename == path and frame.f_code.co_name not in ("<lambda>", "<genexpr>"):
            code = frame.f_code
            name = getattr(code, "co_qualname", None) or code.co_name
            values = {key: fact(value) for key, value in frame.f_locals.items() if not key.startswith(("__", "."))}
            own = code.co_varnames[0] if code.co_argcount else None
            for key, value in getattr(frame.f_locals.get(own), "__dict__", {}).items():
                values[own + "." + key] = fact(value)
            frames[name + str(code.co_firstlineno)] = {"file": path, "name": name, "firstLine": code.co_firstlineno, "values": values}

    module = module or types.ModuleType("__main__")
    namespace = module.__dict__
    output, error = io.StringIO(), None
    before, sys.stdout = sys.stdout, output
    own, sys.modules["__main__"] = sys.modules["__main__"], module
    try:
        without_cache(text)
        code = compile(text, path, "exec")
        if record:
            sys.setprofile(watch)
        exec(code, namespace)
    except BaseException:
        error = traceback.format_exc()
    finally:
        sys.setprofile(None)
        sys.stdout = before
        sys.modules["__main__"] = own
    return {"stdout": output.getvalue(), "names": live(namespace), "frames": list(frames.values()), "error": error}


def main():
    if sys.argv[1:2] == ["script"]:
        import multiprocessing

        multiprocessing.set_start_method(sys.argv[3])
        path, answer = sys.argv[2], sys.stdout
        sys.argv = [path]
        # Workers import the script by this file name; what they send back names its classes by `__mp_main__`.
        module = types.ModuleType("__main__")
        module.__file__ = path
        sys.modules["__main__"] = sys.modules["__mp_main__"] = module
        with open(path, encoding="utf-8", newline="") as file:
            json.dump(run(file.read(), path, False, module), answer)
        return
    answers, sys.stdout = sys.stdout, sys.stderr
    for line in sys.stdin:
        request = json.loads(line)
        answers.write(json.dumps(run(request["text"], request["path"], request["record"])) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
