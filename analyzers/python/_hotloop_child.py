"""What a rerun's child processes get: the gate and the seeds, never the regions."""
import os
import sys

from _hotloop_effects import Recorder, install
from _hotloop_seeds import inject_seed, set_start_method, set_workers

SITE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "_hotloop_site")


def put_in_place(spec):
    """Applies the part of a runner's SPEC that holds for every process of the run."""
    if spec.get("seed") is not None:
        inject_seed(spec["seed"])
    if spec.get("workers"):
        set_workers(int(spec["workers"]))
    if spec.get("startMethod") not in (None, "default"):
        set_start_method(spec["startMethod"])
        other_hashes(spec.get("seed"))
    map_path(spec.get("root"), spec.get("dir"))
    if spec.get("policy") is not None:
        install(Recorder(spec["dir"]), spec["policy"])


def other_hashes(seed):
    """Interpreters that are started anew hash strings in their own way, as they would without the seed that a rerun is given."""
    if seed is not None and os.environ.get("PYTHONHASHSEED") == str(seed % 4294967296):
        os.putenv("PYTHONHASHSEED", str((seed + 1) % 4294967296))


def map_path(root, copy):
    """Entries that lead into the original project (editable installs) lead into its copy."""
    if not root or not copy:
        return
    here = os.path.dirname(SITE)
    for index, entry in enumerate(sys.path):
        # Hotloop can be tried on itself: its helpers stay the ones that were started.
        if entry and entry != here and (entry == root or entry.startswith(root + os.sep)):
            mapped = copy + entry[len(root) :]
            if os.path.isdir(mapped):
                sys.path[index] = mapped


def announce(module, path):
    """Lets children that start a new interpreter load `module.start_child(path)`; the program's own view of its environment stays."""
    known = os.environ.get("PYTHONPATH", "")
    os.putenv("HOTLOOP_CHILD", "%s=%s" % (module, path))
    os.putenv("HOTLOOP_PYTHONPATH", known)
    os.putenv("PYTHONPATH", SITE + (os.pathsep + known if known else ""))


def read_spec(path):
    # JSON is Python but for three words, and this file is the engine's own: the json module would cost each run 10 ms.
    with open(path, encoding="utf-8") as file:
        return eval(file.read(), {"__builtins__": {}, "true": True, "false": False, "null": None})


def start_child(path):
    put_in_place(read_spec(path))
