"""The interpreters that the helpers are tested in: the one that runs the tests, and every CPython 3.8 to 3.14 that pyenv holds."""
import glob
import json
import os
import subprocess
import sys
import warnings

import pytest

HELPERS = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..", "analyzers", "python"))
WANTED = ["3.8", "3.9", "3.10", "3.11", "3.12", "3.13"]


def _found():
    found = {"%d.%d" % sys.version_info[:2]: sys.executable}
    root = os.environ.get("PYENV_ROOT") or os.path.join(os.path.expanduser("~"), ".pyenv")
    for path in sorted(glob.glob(os.path.join(root, "versions", "*", "bin", "python"))):
        version = ".".join(path.split(os.sep)[-3].split(".")[:2])
        if version in WANTED + ["3.14"]:
            found.setdefault(version, path)
    return found


FOUND = _found()


def _cases(versions):
    cases = []
    for version in sorted(versions, key=lambda text: int(text.split(".")[1])):
        if version in FOUND:
            cases.append(pytest.param(FOUND[version], id=version))
        else:
            warnings.warn("CPython %s is not installed here: not tested in it" % version, stacklevel=2)
            cases.append(pytest.param(None, id=version, marks=pytest.mark.skip(reason="CPython %s is not installed here" % version)))
    return cases


def every_python(function):
    """Runs the test once in each version; one that is not installed is skipped and said so."""
    return pytest.mark.parametrize("python", _cases(set(WANTED) | set(FOUND)))(function)


def oldest_and_newest_python(function):
    """For what hardly differs between versions and takes many runs."""
    return pytest.mark.parametrize("python", _cases({WANTED[0], WANTED[-1]}))(function)


def environment(**more):
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "HOTLOOP_"))}
    return dict(kept, PYTHONDONTWRITEBYTECODE="1", **more)


def run(arguments, cwd, stdin=b"", **more):
    """A finished process with its output as bytes; fails the test instead of hanging."""
    return subprocess.run(arguments, cwd=str(cwd), input=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60, env=environment(**more))


class Rerun:
    """A program run by hotloop_runner.py in a folder that stands for the sandbox."""

    def __init__(self, python, folder, text, *arguments, regions=(), gate=True, kinds=(), targets=(), seed=1, kind="script", target=None, environment=None, **spec):
        self.side = folder / "side"
        self.dir = folder / "copy"
        self.temp = folder / "temp"
        for one in (self.side, self.dir, self.temp):
            one.mkdir(exist_ok=True)
        self.script = self.dir / "program.py"
        if text is not None:
            self.script.write_text(text, encoding="utf-8")
        policy = {"own": [str(self.dir), str(self.temp)], "deny": [str(folder / "original")], "kinds": list(kinds), "targets": list(targets), "refusal": str(self.side / "refusal.json")}
        whole = {
            "kind": kind, "target": target or str(self.script), "args": list(arguments), "seed": seed, "workers": None, "startMethod": "default",
            "root": str(folder / "original"), "dir": str(self.dir), "result": str(self.side / "regions.json"), "child": str(self.side / "child.json"),
            "regions": [dict({"file": str(self.script)}, **region) for region in regions], "policy": policy if gate else None,
        }  # fmt: skip
        whole.update(spec)
        (self.side / "spec.json").write_text(json.dumps(whole), encoding="utf-8")
        self.done = run([python, os.path.join(HELPERS, "hotloop_runner.py"), str(self.side / "spec.json")], self.dir, **dict(environment or {}, TMPDIR=str(self.temp)))
        self.code = self.done.returncode
        self.out = self.done.stdout.decode("utf-8", "replace")
        self.err = self.done.stderr.decode("utf-8", "replace")
        self.refused = self._read("refusal.json")
        self.observed = self._read("regions.json")

    def _read(self, name):
        file = self.side / name
        return json.loads(file.read_text(encoding="utf-8")) if file.exists() else None

    def region(self, name):
        return next(row for row in self.observed["regions"] if row["id"] == name)

    def values(self, name, entry=0):
        return {value["name"]: value for value in self.region(name)["exits"][entry]["values"]}
