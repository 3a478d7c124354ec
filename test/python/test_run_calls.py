"""A region that is nothing but definitions is watched through the calls of its functions."""
import textwrap

import pytest
from pythons import Rerun, every_python, oldest_and_newest_python

PROGRAM = textwrap.dedent(
    '''\
    import functools, sys

    def fib(n):
        return n if n < 2 else fib(n - 1) + fib(n - 2)

    def push(items, value):
        items.append(value)
        if value > 50:
            raise KeyError(value)
        return len(items)

    class Box:
        def area(self, w):
            self.seen = w
            return w * 0.5

        @staticmethod
        def twice(w):
            return 2 * w

        @property
        def lid(self):
            return "lid"

    def upto(n):
        yield from range(n)

    def deep(n):
        return 0 if n == 0 else 1 + deep(n - 1)

    print(fib(10), fib(11))
    kept = []
    for i in range(60):
        try:
            push(kept, i)
        except KeyError as error:
            pass
    box = Box()
    print([box.area(w) for w in range(3)], Box.twice(4), box.lid, list(upto(3)), deep(960))
    print(fib.__name__, fib.__module__, Box.area.__qualname__)
    try:
        deep(2000)
    except RecursionError:
        print("too deep")
    '''
)


def lines(first, last, text=PROGRAM):
    rows = text.splitlines()
    start = next(index for index, row in enumerate(rows) if first in row)
    end = next(index for index, row in enumerate(rows) if index >= start and last in row)
    return {"startLine": start + 1, "endLine": end + 1, "captures": []}


REGIONS = [
    dict(lines("def fib", "return n if"), id="fib"),
    dict(lines("def push", "return len"), id="push"),
    dict(lines("class Box", 'return "lid"'), id="box"),
    dict(lines("def upto", "yield from"), id="upto"),
    dict(lines("def deep", "return 0"), id="deep"),
]


@every_python
def test_the_program_runs_as_without_and_calls_from_outside_are_told(python, tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    plain = Rerun(python, tmp_path / "a", PROGRAM)
    rerun = Rerun(python, tmp_path / "b", PROGRAM, regions=REGIONS)
    assert (rerun.out, rerun.err, rerun.code) == (plain.out, plain.err, 0), rerun.err
    assert rerun.observed["notes"] == [] and "too deep" in plain.out
    calls = {log["name"]: log for row in rerun.observed["regions"] for log in row["calls"]}
    assert {name: log["entries"] for name, log in calls.items()} == {"fib": 2, "push": 60, "Box.area": 3, "Box.twice": 1, "deep": 2}
    assert [one["values"][0]["preview"] for one in calls["fib"]["exits"]] == ["55", "89"]
    assert calls["Box.area"]["exits"][1]["values"][0]["preview"] == "0.5"
    assert calls["deep"]["exits"][1]["error"] == "RecursionError"
    assert rerun.region("fib")["seconds"] == pytest.approx(calls["fib"]["seconds"]) and calls["fib"]["seconds"] > 0


@oldest_and_newest_python
def test_what_a_call_does_to_its_arguments_is_told_and_later_calls_are_digested(python, tmp_path):
    def log(text, name="one"):
        (tmp_path / name).mkdir()
        return Rerun(python, tmp_path / name, text, regions=REGIONS).region("push")["calls"][0]

    first = log(PROGRAM)
    assert [one["entry"] for one in first["exits"]] == list(range(1, 21)) + [60]
    assert [value["name"] for value in first["exits"][2]["values"]] == ["push()", "push() arguments"]
    assert first["exits"][2]["values"][1]["preview"].startswith("[[0, 1, 2]")
    # The twenty-fifth call gives something else: only the digest can tell.
    wrong = log(PROGRAM.replace("return len(items)", "return len(items) + (len(items) == 25)"), "two")
    assert wrong["exits"][:20] == first["exits"][:20]
    assert wrong["exits"][20] != first["exits"][20]
    other = log(PROGRAM.replace("raise KeyError(value)", "raise ValueError(value)").replace("except KeyError", "except ValueError"), "three")
    assert other["exits"][20] != first["exits"][20], "another exception"


@oldest_and_newest_python
def test_a_million_calls_are_sampled_alike(python, tmp_path):
    text = "def half(x):\n    return x * 0.5\nt = 0.0\nfor i in range(1000000):\n    t += half(i)\nprint(t)\n"
    regions = [{"id": "r", "startLine": 1, "endLine": 2, "captures": []}]
    log = Rerun(python, tmp_path, text, regions=regions).region("r")["calls"][0]
    assert log["entries"] == 1000000
    digest = log["exits"][-1]
    assert 990000 < digest["entry"] <= 1000000
    assert 1500 < digest["values"][0]["floatCount"] < 2500 and not digest["values"][0]["sampled"]


@every_python
def test_cached_functions_keep_what_belongs_to_a_cache(python, tmp_path):
    text = (
        "from functools import lru_cache\n@lru_cache(maxsize=None)\ndef fib(n):\n    return n if n < 2 else fib(n - 1) + fib(n - 2)\n"
        "print(fib(90), fib.cache_info().currsize, fib.__wrapped__ is not None)\nfib.cache_clear()\n"
    )
    rerun = Rerun(python, tmp_path, text, regions=[{"id": "r", "startLine": 1, "endLine": 4, "captures": []}])
    assert rerun.out == "2880067194370816120 91 True\n", rerun.err
    assert [(log["name"], log["entries"]) for log in rerun.region("r")["calls"]] == [("fib", 1)]


def test_compiled_functions_still_call_each_other(tmp_path):
    pytest.importorskip("numba")
    import sys

    text = (
        "from numba import njit\n@njit\ndef inner(x):\n    return x * 2.0\n@njit\ndef outer(n):\n    t = 0.0\n    for i in range(n):\n        t += inner(i)\n    return t\n"
        "print(outer(10))\n"
    )
    rerun = Rerun(sys.executable, tmp_path, text, regions=[{"id": "r", "startLine": 2, "endLine": 10, "captures": []}])
    assert rerun.out == "90.0\n", rerun.err
    assert {log["name"]: log["entries"] for log in rerun.region("r")["calls"]} == {"inner": 0, "outer": 1}


@oldest_and_newest_python
def test_other_threads_and_forked_children_are_left_alone(python, tmp_path):
    text = (
        "import os, threading\ndef f(x):\n    return x\nt = threading.Thread(target=f, args=(1,)); t.start(); t.join()\nf(2)\n"
        "pid = os.fork() if hasattr(os, 'fork') else 1\nif pid == 0:\n    f(3)\n    os._exit(0)\nif pid > 1:\n    os.waitpid(pid, 0)\n"
    )
    rerun = Rerun(python, tmp_path, text, regions=[{"id": "r", "startLine": 2, "endLine": 3, "captures": []}])
    assert rerun.region("r")["calls"][0]["entries"] == 1, rerun.err
