"""Runs a program as it would run without us and writes where its time went to a side file (see _hotloop_journal).

    python hotloop_probe.py --out FILE --root FOLDER [--interval SECONDS] script PATH|module NAME [ARGUMENT ..]

Standard library only, CPython 3.8 and later. Nothing is printed; exit code, output, input, arguments and environment are the program's.
"""
import atexit
import os
import sys


def main():
    options, kind, target, args = _read(sys.argv[1:])
    sys.dont_write_bytecode, writes = True, sys.dont_write_bytecode
    import _hotloop_launch
    import _hotloop_profile

    profile = _hotloop_profile.Profile(options["out"], options["root"], kind, target, float(options.get("interval", 0.002)))
    # The first to be registered is the last to run: threads and the program's own exit functions are still seen.
    atexit.register(profile.end, "exit")
    sys.dont_write_bytecode = writes
    _hotloop_launch.run_as_main(kind, target, args, profile.begin, profile.look)


def _read(argv):
    options = {}
    while argv and argv[0][:2] == "--":
        options[argv[0][2:]] = argv[1]
        argv = argv[2:]
    return options, argv[0], argv[1], argv[2:]


if __name__ == "__main__":
    main()
