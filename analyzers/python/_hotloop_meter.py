"""Whose a file is, and what the kernel counts of this process. Standard library only, CPython 3.8 and later."""
import os
import sys
from _frozen_importlib import module_from_spec
from _frozen_importlib_external import PathFinder


class UserFiles(dict):
    """file name of a code object -> is it the user's own?"""

    def __init__(self, folders, start):
        super().__init__()
        here = os.path.dirname(os.path.abspath(__file__))
        self.start = start
        self.folders = [os.path.join(os.path.realpath(folder), "") for folder in folders]
        stdlib = os.path.dirname(os.path.realpath(os.__file__))
        self.names = {}
        self.stdlib = os.path.join(stdlib, "")
        self.foreign = [os.path.join(path, "") for path in (here, os.path.realpath(here), stdlib)]
        for prefix in {sys.prefix, sys.base_prefix}:
            prefix = os.path.join(os.path.realpath(prefix), "")
            # An environment in the project's own folder; not where the project is the environment.
            if any(prefix.startswith(folder) and prefix != folder for folder in self.folders):
                self.foreign.append(prefix)

    def path(self, name):
        return os.path.normpath(os.path.join(self.start, name))

    def library(self, name):
        """A library's file as a short name: `multiprocessing/pool`, `numpy/lib/npyio`; the file's own name where it is in no known folder."""
        short = self.names.get(name)
        if short is None:
            if name.startswith("<frozen importlib"):
                short = "importlib"
            elif name.startswith("<"):
                short = name
            else:
                path = os.path.realpath(name)
                for mark in ("site-packages" + os.sep, "dist-packages" + os.sep, self.stdlib):
                    _head, found, tail = path.partition(mark)
                    if found:
                        path = tail
                        break
                else:
                    path = os.path.basename(path)
                short = os.path.splitext(path)[0].replace(os.sep, "/")
            self.names[name] = short
        return short

    def __missing__(self, name):
        known = False
        if name and not name.startswith("<"):
            path = os.path.realpath(self.path(name))
            known = (
                any(path.startswith(folder) for folder in self.folders)
                and not any(path.startswith(folder) for folder in self.foreign)
                and "site-packages" not in path
                and "dist-packages" not in path
            )
        self[name] = known
        return known


class Meter:
    """Numbers that the kernel keeps, read through descriptors that stay open; -1 where there are none (not Linux)."""

    def __init__(self):
        self.memory = self.delay = -1
        self.kept = set()
        self.page = 4096
        self._usage_of = _usage_function()
        self.open()

    def open(self):
        self.close()
        try:
            self.page = os.sysconf("SC_PAGE_SIZE")
            self.memory = _high("/proc/self/statm")
            self.delay = _high("/proc/thread-self/schedstat")
        except (OSError, ValueError, AttributeError, ImportError):
            pass

    def close(self):
        for handle in list(self.kept):
            self.release(handle)
        for name in ("memory", "delay"):
            handle = getattr(self, name)
            setattr(self, name, -1)
            if handle >= 0:
                _close(handle)

    def keep(self, path):
        """A descriptor that a forked child closes."""
        handle = _high(path)
        self.kept.add(handle)
        return handle

    def release(self, handle):
        if handle in self.kept:
            self.kept.discard(handle)
            _close(handle)

    def rss(self):
        if self.memory >= 0:
            try:
                return int(os.pread(self.memory, 80, 0).split()[1]) * self.page
            except (OSError, ValueError, IndexError):
                # The program closed or took over our descriptor.
                self.memory = -1
        if sys.platform == "darwin":
            resource = sys.modules.get("resource")
            return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss if resource else 0
        return 0

    def usage(self):
        """Processor seconds in the kernel, and pages that it made (page faults), of the calling thread; zeros where the system does not tell."""
        if self._usage_of is None:
            return 0.0, 0
        seen = self._usage_of(1)
        return seen.ru_stime, seen.ru_minflt + seen.ru_majflt

    def queued(self):
        """Seconds that the main thread was ready to run but had no core; None where the system does not tell."""
        if self.delay >= 0:
            try:
                return int(os.pread(self.delay, 80, 0).split()[1]) * 1e-9
            except (OSError, ValueError, IndexError):
                self.delay = -1
        return None


def _usage_function():
    """getrusage, from a module that nobody else gets to see: the program may have a module of that name."""
    if not sys.platform.startswith("linux"):
        return None
    known = sys.modules.get("resource")
    try:
        spec = PathFinder.find_spec("resource", [path for path in sys.path if os.path.basename(path) == "lib-dynload"])
        if spec is None:
            return None
        module = module_from_spec(spec)
        spec.loader.exec_module(module)
        module.getrusage(1)
        return module.getrusage
    except Exception:  # noqa: BLE001
        return None
    finally:
        if known is None:
            sys.modules.pop("resource", None)
        else:
            sys.modules["resource"] = known


def _close(handle):
    try:
        os.close(handle)
    except OSError:
        pass


def _high(path):
    # The program's own files get the numbers that they would get without us.
    import fcntl

    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return fcntl.fcntl(handle, fcntl.F_DUPFD_CLOEXEC, 300)
    finally:
        os.close(handle)
