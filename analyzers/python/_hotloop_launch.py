"""Runs a script or a module as a real `__main__`, the way `python SCRIPT` or `python -m MODULE` would.

The program sees its own sys.argv, sys.path[0], `__main__` and tracebacks; exit codes, SystemExit, an interrupt's death by signal,
atexit order and children of multiprocessing are those of plain Python. Standard library only, CPython 3.8 and later.
"""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
_MODULE_KEYS = ("__name__", "__doc__", "__package__", "__loader__", "__spec__", "__annotations__", "__builtins__")
# The helper's own module keeps living here: its functions' globals must not be cleared when its name is given away.
_kept = []
_transforms = {}


def real(path):
    """The one spelling under which a file is known."""
    return os.path.normcase(os.path.realpath(path))


def compile_file(data, path):
    """Code of a source file's bytes, with the transformation that was asked for that file.

    A transformation that fails is dropped: the program must run, only the observation is lost.
    """
    transform = _transforms.get(real(path)) if _transforms else None
    if transform is not None:
        import ast

        try:
            tree = transform(ast.parse(data, path))
            if tree is not None:
                return compile(ast.fix_missing_locations(tree), path, "exec", dont_inherit=True)
        except SyntaxError:
            pass
        except Exception as error:  # noqa: BLE001
            failed = sys.modules.get("_hotloop_regions")
            if failed is not None:
                failed.note("transformation of %s failed: %r" % (path, error))
    return compile(data, path, "exec", dont_inherit=True)


def transform_sources(transforms):
    """From now on the given files are compiled through `transform(ast.Module) -> ast.Module | None`.

    @param transforms: absolute path -> callable. Imports of those files skip their cached bytecode.
    """
    from importlib.machinery import SourceFileLoader

    for path, transform in transforms.items():
        _transforms[real(path)] = transform
    plain = SourceFileLoader.get_code

    def get_code(self, fullname):
        path = self.path
        if isinstance(path, str) and real(path) in _transforms:
            return compile_file(self.get_data(path), path)
        return plain(self, fullname)

    SourceFileLoader.get_code = get_code


def _own(frame):
    return os.path.dirname(frame.f_code.co_filename) == HERE


def without_own_frames(traceback):
    """The traceback from the first frame that is not one of the helpers'."""
    while traceback is not None and _own(traceback.tb_frame):
        traceback = traceback.tb_next
    return traceback


def _hide_own_frames():
    # The interpreter calls sys.excepthook as the very last thing that happens to an uncaught exception: cutting our frames there, and
    # letting the exception go its way, keeps exit code, death by SIGINT and the program's own hook.
    hook = sys.excepthook

    def cut(kind, value, traceback):
        sys.excepthook = hook
        traceback = without_own_frames(traceback)
        try:
            value.__traceback__ = traceback
            sys.last_traceback = traceback
        except Exception:  # noqa: BLE001, S110
            pass
        hook(kind, value, traceback)

    sys.excepthook = cut


def _fresh_main(keep_file):
    import types

    old = sys.modules["__main__"]
    _kept.append(old)
    main = types.ModuleType("__main__")
    space = main.__dict__
    space.clear()
    for key in _MODULE_KEYS:
        if key in old.__dict__:
            space[key] = old.__dict__[key]
    space["__doc__"] = None
    if "__annotations__" in space:
        space["__annotations__"] = {}
    if keep_file:
        space["__file__"] = None
        if sys.version_info < (3, 15):
            space["__cached__"] = None
    sys.modules["__main__"] = main
    return main


def _set_path(first):
    # `-P` and PYTHONSAFEPATH leave sys.path[0] out, then only our own folder is taken away.
    while HERE in sys.path:
        sys.path.remove(HERE)
    if not getattr(sys.flags, "safe_path", False):
        sys.path.insert(0, first)


def _set_arguments(argv, typed):
    original = getattr(sys, "orig_argv", None)
    if original is not None and sys.argv and sys.argv[0] in original:
        sys.orig_argv = original[: original.index(sys.argv[0])] + typed
    sys.argv[:] = argv


def _give_back_depth():
    # A program that recurses to just below the limit must not fail because our frames lie under it.
    frame, depth = sys._getframe(1), 1
    while frame is not None:
        frame, depth = frame.f_back, depth + 1
    # Before 3.12 exec() itself counts as a level.
    sys.setrecursionlimit(sys.getrecursionlimit() + depth + (1 if sys.version_info < (3, 12) else 0))


def run_as_main(kind, target, args, before=None, after=None):
    """Runs the program to its end and returns, or lets its exception out as plain Python would.

    @param kind: 'script' (target: path) or 'module' (target: dotted name).
    @param before: called right before the program's first own instruction.
    @param after: called with the exception or None right after its last, before a traceback is printed and before atexit.
    """
    args = list(args)
    if kind == "module":
        import runpy

        _set_path(os.getcwd())
        _set_arguments(["-m"] + args, ["-m", target] + args)
        _fresh_main(False)

        def run():
            runpy._run_module_as_main(target)

    else:
        _set_path(os.path.dirname(os.path.realpath(target)))
        _set_arguments([target] + args, [target] + args)
        try:
            with open(target, "rb") as file:
                data = file.read()
        except OSError as error:
            sys.stderr.write("%s: can't open file %r: [Errno %s] %s\n" % (sys.executable, target, error.errno, error.strerror))
            sys.stderr.flush()
            os._exit(2)
        main = _fresh_main(True)
        from importlib.machinery import SourceFileLoader

        main.__file__ = target
        main.__loader__ = SourceFileLoader("__main__", target)
        space = main.__dict__
        # A local name would keep the module alive past the interpreter's own clearing of it.
        del main

        def run():
            exec(compile_file(data, target), space)

    _give_back_depth()
    error = None
    try:
        if before is not None:
            before()
        run()
    except SystemExit as caught:
        error = caught
        raise
    except BaseException as caught:
        error = caught
        _hide_own_frames()
        raise
    finally:
        if after is not None:
            after(error)
        error = None
