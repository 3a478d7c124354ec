"""Whose a file is, and what the kernel counts of this process. Standard library only, CPython 3.8 and later."""
import os
import sys


class UserFiles(dict):
    """file name of a code object -> is it the user's own?"""

    def __init__(self, folders, start):
        super().__init__()
        here = os.path.dirname(os.path.abspath(__file__))
        self.start = start
        self.folders = [os.path.join(os.path.realpath(folder), "") for folder in folders]
        stdlib = os.path.dirname(os.path.realpath(os.__file__))
        self.foreign = [os.path.join(path, "") for path in (here, os.path.realpath(here), stdlib)]
        for prefix in {sys.prefix, sys.base_prefix}:
            prefix = os.path.join(os.path.realpath(prefix), "")
            # An environment in the project's own folder; not where the project is the environment.
            if any(prefix.startswith(folder) and prefix != folder for folder in self.folders):
                self.foreign.append(prefix)

    def path(self, name):
        return os.path.normpath(os.path.join(self.start, name))

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

    def queued(self):
        """Seconds that the main thread was ready to run but had no core; None where the system does not tell."""
        if self.delay >= 0:
            try:
                return int(os.pread(self.delay, 80, 0).split()[1]) * 1e-9
            except (OSError, ValueError, IndexError):
                self.delay = -1
        return None


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
