"""Makes what a program leaves to chance alike in every rerun, and sets worker counts and the start method for a sweep.

Nothing is imported for it: each library is changed right after the program itself imported it. Explicit seeds stay what they are;
uuid4, secrets and os.urandom stay random.
"""
import os
import sys

_after = {}
_forks = [0]


class _Finder:
    """Calls a function right after a module was imported for the first time, and is otherwise not there."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        change = _after.get(name)
        if change is None:
            return None
        from importlib.machinery import PathFinder

        spec = PathFinder.find_spec(name, path, target)
        loader = getattr(spec, "loader", None)
        if loader is None or not hasattr(loader, "exec_module"):
            return None
        plain = loader.exec_module

        def exec_module(module):
            plain(module)
            _after.pop(name, None)
            try:
                change(module)
            except Exception:  # noqa: BLE001, S110
                pass

        try:
            loader.exec_module = exec_module
        except AttributeError:
            return None
        return spec


def after_import(name, change):
    """Calls `change(module)` once `name` is imported; now, where it already is."""
    module = sys.modules.get(name)
    if module is not None:
        change(module)
        return
    _after[name] = change
    if _Finder not in sys.meta_path:
        sys.meta_path.insert(0, _Finder)


class _Stream:
    """Numbers in place of the system's entropy: the same in every run, another one at each call."""

    def __init__(self, seed):
        self.seed = seed
        self.calls = 0

    def bits(self, count):
        from hashlib import sha256

        self.calls += 1
        found = b""
        while len(found) * 8 < count:
            found += sha256(b"%d %d %d %d" % (self.seed, _forks[0], self.calls, len(found))).digest()
        return int.from_bytes(found, "little") >> (len(found) * 8 - count)


def inject_seed(seed):
    """Seeds random and NumPy wherever the program does not do so itself."""
    stream = _Stream(seed)

    def change_random(module):
        plain = module.Random.seed

        def seed_alike(self, a=None, version=2):
            plain(self, stream.bits(128) if a is None else a, version)

        seed_alike.__name__, seed_alike.__qualname__, seed_alike.__doc__ = "seed", "Random.seed", plain.__doc__
        module.Random.seed = seed_alike
        module.seed = module._inst.seed
        module._inst.seed(seed)
        if hasattr(os, "register_at_fork"):
            # The library itself reseeds a forked child from the system; ours comes after.
            os.register_at_fork(after_in_child=lambda: module._inst.seed(seed + 7919 * _forks[0]))

    def change_bits(module):
        module.randbits = stream.bits

    if hasattr(os, "register_at_fork"):

        def count():
            _forks[0] += 1

        os.register_at_fork(before=count)
    after_import("random", change_random)
    after_import("numpy.random.bit_generator", change_bits)
    after_import("torch", lambda module: module.manual_seed(seed))


def set_workers(count):
    """Gives every pool that the program makes this many workers, whatever it asks for."""

    def change(name):
        def apply(module):
            kind = getattr(module, name)
            plain = kind.__init__

            def __init__(self, workers=None, *args, **kwargs):
                for key in ("max_workers", "processes"):
                    kwargs.pop(key, None)
                plain(self, count, *args, **kwargs)

            __init__.__doc__ = plain.__doc__
            kind.__init__ = __init__

        return apply

    after_import("concurrent.futures.thread", change("ThreadPoolExecutor"))
    after_import("concurrent.futures.process", change("ProcessPoolExecutor"))
    after_import("multiprocessing.pool", change("Pool"))


def set_start_method(name):
    """The default way to start processes, as if the system had it; the program's own choice still wins."""

    def change(module):
        module._default_context._default_context = module._concrete_contexts[name]

    after_import("multiprocessing.context", change)
