"""Loaded at start by the child processes of a rerun: puts our part in place, then the user's own sitecustomize."""
import os
import sys

_HERE = os.path.dirname(os.path.abspath(__file__))


def _begin():
    child = os.environ.get("HOTLOOP_CHILD")
    known = os.environ.get("HOTLOOP_PYTHONPATH")
    sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry or ".") != _HERE]
    # Only the program's view changes: the real environment keeps the entries for its own children.
    data = getattr(os.environ, "_data", None)
    if data is not None:
        for name in [name for name in os.environ if name.startswith("HOTLOOP_")]:
            data.pop(os.environ.encodekey(name), None)
        if known:
            data[os.environ.encodekey("PYTHONPATH")] = os.environ.encodevalue(known)
        else:
            data.pop(os.environ.encodekey("PYTHONPATH"), None)
    if child:
        module, _, path = child.partition("=")
        sys.path.insert(0, os.path.dirname(_HERE))
        try:
            __import__(module).start_child(path)
        finally:
            sys.path.remove(os.path.dirname(_HERE))


def _users_own():
    ours = sys.modules.pop("sitecustomize", None)
    try:
        import sitecustomize  # noqa: F401
    except ImportError as error:
        if error.name != "sitecustomize":
            raise
    finally:
        if "sitecustomize" not in sys.modules and ours is not None:
            sys.modules["sitecustomize"] = ours


try:
    _begin()
except Exception:  # noqa: BLE001, S110
    pass
_users_own()
