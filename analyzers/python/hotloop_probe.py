"""Runs a program as it would run without us and writes where its time went to a side file (see _hotloop_journal).

    python hotloop_probe.py --out FILE --root FOLDER [--interval SECONDS] script PATH|module NAME [ARGUMENT ..]

Standard library only, CPython 3.8 and later. Nothing is printed; exit code, output, input, arguments and environment are the program's.
"""
import os
import sys


def main():
    options, kind, target, args = _read(sys.argv[1:])
    import _hotloop_launch
    import _hotloop_profile

    folders = [options["root"]]
    if kind == "script":
        folders.append(os.path.dirname(os.path.abspath(target)))
    profile = _hotloop_profile.Profile(options["out"], options["root"], folders, float(options.get("interval", 0.004)))
    profile.announce()
    _hotloop_launch.run_as_main(kind, target, args, profile.begin, profile.look)


def _read(argv):
    options = {}
    while argv and argv[0][:2] == "--":
        options[argv[0][2:]] = argv[1]
        argv = argv[2:]
    return options, argv[0], argv[1], argv[2:]


if __name__ == "__main__":
    main()
