"""Facts of this interpreter, or a check of source texts, as JSON in a file: python hotloop_inspect.py facts|check OUT [IN]

facts: {"path", "version", "implementation", "packages", "platform", "startMethod", "gil"}
check: IN is [{"path", "text"}]; OUT is a list of {"path", "message", "line", "column"} (from 1), empty when everything compiles. Nothing is run.
"""
import json
import os
import sys


def packages():
    from importlib.metadata import distributions

    found = {}
    for one in distributions():
        try:
            name = one.metadata["Name"]
            if name and name.lower() not in found:
                found[name.lower()] = str(one.version)
        except Exception:  # noqa: BLE001, S112
            continue
    return found


def facts():
    import multiprocessing
    import sysconfig

    enabled = getattr(sys, "_is_gil_enabled", None)
    return {
        "path": sys.executable,
        "version": list(sys.version_info[:3]),
        "implementation": sys.implementation.name,
        "packages": packages(),
        "platform": sysconfig.get_platform(),
        "startMethod": multiprocessing.get_start_method(),
        "gil": True if enabled is None else bool(enabled()),
    }


def warm():
    """Writes the bytecode of the helpers beside them, once per interpreter: reruns start without compiling us."""
    here = os.path.dirname(os.path.abspath(__file__))
    sys.path.insert(0, here)
    sys.dont_write_bytecode = False
    try:
        for name in ("_hotloop_child", "_hotloop_launch", "_hotloop_regions"):
            __import__(name)
    except Exception:  # noqa: BLE001, S110
        pass
    sys.path.remove(here)


def check(files):
    import warnings

    warnings.simplefilter("ignore")
    problems = []
    for file in files:
        try:
            compile(file["text"], file["path"], "exec", dont_inherit=True)
        except SyntaxError as error:
            problems.append({"path": file["path"], "message": error.msg, "line": error.lineno, "column": error.offset})
        except (ValueError, RecursionError, MemoryError, OverflowError) as error:
            problems.append({"path": file["path"], "message": str(error) or type(error).__name__, "line": None, "column": None})
    return problems


def main():
    mode, out = sys.argv[1], sys.argv[2]
    # Our own folder must not shadow or add anything while packages are looked for.
    here = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry or ".") != here]
    if mode == "facts":
        result = facts()
        warm()
    else:
        with open(sys.argv[3], encoding="utf-8") as file:
            result = check(json.load(file))
    with open(out, "w", encoding="utf-8") as file:
        json.dump(result, file)


if __name__ == "__main__":
    main()
