"""Profiles the workers of multiprocessing that start a new interpreter (spawn, forkserver). Other programs are left alone, and pay little for the question."""
import os
import sys


def start_child(path):
    """Called at the start of every Python below a profiled program."""
    if not _is_worker():
        return
    from _hotloop_child import read_spec
    from _hotloop_profile import Profile

    spec = read_spec(path)
    Profile("%s.%d" % (spec["out"], os.getpid()), spec["root"], spec["folders"], spec["interval"], "child").begin()


def _is_worker():
    words = getattr(sys, "orig_argv", None)
    if words is None:
        try:
            with open("/proc/self/cmdline", "rb") as file:
                words = os.fsdecode(file.read()).split("\0")
        except OSError:
            return False
    return "--multiprocessing-fork" in words or any("multiprocessing.forkserver" in word for word in words)
