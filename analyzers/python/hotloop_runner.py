"""Reruns a program in its sandbox: python hotloop_runner.py SPEC.json

SPEC.json: {"kind", "target", "args", "seed", "workers": n | null, "startMethod", "root": the original project, "dir": its copy,
"regions": [{"id", "file", "startLine", "endLine", "captures"}], "arguments": what functions get in place of their own (see _hotloop_arguments) | null, "result": path of the regions' file,
"evidence": what the evidence run watches (see _hotloop_evidence) | null, "policy": what the gate allows (see _hotloop_effects.Gate) | null, "child": path of the SPEC that child processes read}
"""
import os
import sys

import _hotloop_child as shared
from _hotloop_launch import run_as_main


def hide_environment():
    # The real environment keeps them; the program's own view is the one that it would have without us.
    data = getattr(os.environ, "_data", None)
    if data is not None:
        for name in [name for name in os.environ if name.startswith("HOTLOOP_")]:
            data.pop(os.environ.encodekey(name), None)


def observe(spec):
    """Sets the regions, or the evidence, up; the function that writes what was seen."""
    if spec.get("evidence"):
        from _hotloop_evidence import begin as begin_evidence

        finish = begin_evidence(spec["evidence"]).end
    else:
        from _hotloop_regions import observe as begin

        finish = begin(spec["regions"], spec["result"], spec.get("arguments")).write
    plain = os._exit

    def _exit(status):
        finish()
        plain(status)

    os._exit = _exit
    return finish


def main():
    spec = shared.read_spec(sys.argv[1])
    policy = spec.get("policy")
    if policy is not None:
        policy["main"] = os.getpid()
    # Orphans of the program are adopted by its supervisor: the tree hangs below that one.
    os.environ["HOTLOOP_ROOT"] = str(os.getppid())
    child = dict(spec, regions=[], evidence=None)
    with open(spec["child"], "w", encoding="utf-8") as file:
        file.write(repr(child))
    shared.announce("_hotloop_child", spec["child"])
    shared.put_in_place(spec)
    hide_environment()
    write = observe(spec) if spec.get("regions") or spec.get("evidence") else None
    run_as_main(spec["kind"], spec["target"], spec["args"], after=None if write is None else lambda error: write())


if __name__ == "__main__":
    main()
