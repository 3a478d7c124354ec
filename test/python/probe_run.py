"""Runs a script under the probe and reads its journal, for the tests and the benchmark of the probe."""

import json
import os
import subprocess
import textwrap
import time

import pytest
from pythons import FOUND, HELPERS, WANTED, environment

# For fixtures, which take parameters and no decorator.
PYTHONS = [
    pytest.param(FOUND.get(version), id=version, marks=[] if version in FOUND else pytest.mark.skip(reason="CPython %s is not installed here" % version))
    for version in WANTED
]
PROBE = os.path.join(HELPERS, "hotloop_probe.py")
# Long enough to be seen in its lines; other code may stand around it.
WORK = """
    def work(n):
        s = 0
        for i in range(n):
            s = (s * 31 + i) % 65521
        return s
    work(1_500_000)
"""


class Seen:
    """A finished run: what it gave back, and what the journals of its processes say."""

    def __init__(self, done, out, script):
        self.code, self.stdout, self.stderr = done.returncode, done.stdout, done.stderr
        self.script = str(script)
        self.journals = {}
        folder = os.path.dirname(out)
        for name in sorted(os.listdir(folder)):
            if name.startswith(os.path.basename(out)):
                self.journals[name] = Journal(os.path.join(folder, name))
        self.main = self.journals.get(os.path.basename(out))

    def children(self):
        return [journal for journal in self.journals.values() if journal is not self.main]

    def line(self, tag, journal=None):
        """[python, native, wait] of the line marked `# L:tag`, of one journal or all."""
        number = self.number(tag)
        total = [0.0, 0.0, 0.0]
        for one in [journal] if journal else self.journals.values():
            for (file, line), cost in one.lines.items():
                if line == number and file == self.script:
                    total = [a + b for a, b in zip(total, cost)]
        return total

    def number(self, tag):
        with open(self.script, encoding="utf-8") as file:
            return next(number for number, text in enumerate(file, 1) if text.rstrip().endswith("# L:" + tag))

    def seconds(self, tag):
        return sum(self.line(tag))

    def facts(self, name):
        return self.main.facts[name]


class Journal:
    def __init__(self, path):
        self.start = self.end = None
        self.lines, self.stacks, self.facts, self.effects, self.ticks = {}, {}, {}, [], []
        self.costs, self.via = {}, {}
        files, codes = [], []
        with open(path, encoding="ascii") as file:
            text = file.read()
        for row in text.split("\n"):
            if not row:
                continue
            record = json.loads(row)
            if record["t"] == "start":
                self.start = record
            elif record["t"] == "end":
                self.end = record
            else:
                self.ticks.append(record)
                files += record.get("files", [])
                codes += record.get("codes", [])
                for number, line, *cost in record.get("lines", []):
                    old = self.lines.get((files[number], line), [0.0, 0.0, 0.0])
                    self.lines[(files[number], line)] = [a + b for a, b in zip(old, cost)]
                for number, line, *cost in record.get("costs", []):
                    old = self.costs.get((files[number], line), [0.0, 0.0, 0.0, 0.0])
                    self.costs[(files[number], line)] = [a + b for a, b in zip(old, cost)]
                for number, line, called, running, *cost in record.get("via", []):
                    old = self.via.get((files[number], line, called, running), [0.0, 0.0])
                    self.via[(files[number], line, called, running)] = [a + b for a, b in zip(old, cost)]
                for place, *cost in record.get("stacks", []):
                    key = tuple((codes[place[at]][1], place[at + 1]) for at in range(0, len(place), 2))
                    self.stacks[key] = self.stacks.get(key, 0.0) + cost[0]
                for _file, name, _first, values in record.get("facts", []):
                    self.facts[name] = values
                self.effects = record.get("effects", self.effects)
        self.files = files

    def total(self):
        return sum(sum(cost) for cost in self.lines.values())


def undisturbed(python, folder, text, waits):
    """A run that had a processor to itself, since what others take from it reads as long calls; skips where the machine has none to give.

    @param waits: the seconds for which the program itself does nothing.
    """
    for attempt in range(6):
        place = folder / ("try%d" % attempt)
        place.mkdir()
        busy, start = sum(os.times()[2:4]), time.perf_counter()
        seen = probe(python, place, text)
        wall, busy = time.perf_counter() - start, sum(os.times()[2:4]) - busy
        if wall - busy < waits + 0.12 * busy:
            return seen
    return pytest.skip("the machine is too busy to measure on: %.2f s of processor time took %.2f s beyond %.1f s of sleep" % (busy, wall - waits, waits))


def probe(python, folder, text, *args, name="script.py", kind="script", target=None, interval="0.002", timeout=60, meet=None, **options):
    """@param meet: called with the running process, instead of waiting for it."""
    script = os.path.join(str(folder), name)
    if text is not None:
        os.makedirs(os.path.dirname(script), exist_ok=True)
        with open(script, "w", encoding="utf-8") as file:
            file.write(textwrap.dedent(text))
    side = os.path.join(str(folder), "side")
    os.makedirs(side, exist_ok=True)
    out = os.path.join(side, "probe.jsonl")
    argv = [python, PROBE, "--out", out, "--root", str(folder), "--interval", interval, kind, target or script, *args]
    options.setdefault("cwd", str(folder))
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "universal_newlines": True, "encoding": "utf-8"}
    data = options.pop("input", "")
    process = subprocess.Popen(argv, env=environment(PYTHONIOENCODING="utf-8"), **pipes, **options)
    try:
        if meet is not None:
            meet(process, out)
        stdout, stderr = process.communicate(data, timeout=timeout)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
    return Seen(subprocess.CompletedProcess(argv, process.returncode, stdout, stderr), out, script)
