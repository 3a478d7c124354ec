"""Regions are timed and captured without changing what the program does, prints or raises."""
import math
import textwrap

import pytest
from pythons import Rerun, every_python, oldest_and_newest_python

PROGRAM = textwrap.dedent(
    '''\
    """Doc."""
    from __future__ import annotations
    import sys
    total = 0.0
    xs = []
    for i in range(1000):
        total += i * 0.5
        xs.append(i)

    def squares(n):
        out = []
        for i in range(n):
            out.append(i * i)
        return out

    def upto(n):
        for i in range(n):
            yield i

    class Box:
        def fill(self, n):
            self.items = [k for k in range(n)
                          if k % 2]
            return self.items

    def early(n):
        for k in range(n):
            if k == 3:
                return k
        return -1

    def failing(n):
        for k in range(n):
            1 / (2 - k)

    def closing(n):
        seen = []
        def add(x):
            for _ in range(2):
                seen.append(x)
        add(n)
        return seen

    for j in range(30):
        squares(j)
    print(sum(upto(5)), Box().fill(10), early(9), closing(1), total, squares.__code__.co_cellvars)
    print(sorted(n for n in dir() if "hot" in n), __doc__, annotations is not None)
    failing(5)
    '''
)


def lines(text):
    """1-based first and last line of the lines that hold these texts."""
    rows = PROGRAM.split("\n")
    first, _, last = text.partition(" .. ")
    start = next(index for index, row in enumerate(rows, 1) if first in row)
    return {"startLine": start, "endLine": next(index for index, row in enumerate(rows, 1) if index >= start and (last or first) in row)}


def region(name, text, *captures):
    return dict(id=name, captures=list(captures), **lines(text))


REGIONS = [
    region("module", "total = 0.0 .. xs.append(i)", "total", "xs", "never"),
    region("function", "out = [] .. out.append(i * i)", "out"),
    region("generator", "for i in range(n): .. yield i", "i"),
    region("method", "if k % 2]", "self.items"),
    region("early", "for k in range(n): .. return k", "k"),
    region("failing", "1 / (2 - k)", "k"),
    region("closure", "for _ in range(2): .. seen.append(x)", "seen", "x"),
]
REGIONS[2].update({"startLine": lines("def upto")["startLine"] + 1, "endLine": lines("yield i")["endLine"]})
REGIONS[4].update({"startLine": lines("def early")["startLine"] + 1, "endLine": lines("return k")["endLine"]})


@every_python
def test_the_program_prints_and_fails_as_without_regions(python, tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    plain = Rerun(python, tmp_path / "a", PROGRAM)
    watched = Rerun(python, tmp_path / "b", PROGRAM, regions=REGIONS)
    assert watched.out == plain.out and "[1, 3, 5, 7, 9] 3 [1, 1]" in plain.out
    assert watched.err == plain.err.replace(str(plain.dir), str(watched.dir)) and "ZeroDivisionError" in plain.err
    assert watched.code == plain.code == 1
    assert watched.observed["notes"] == []


@every_python
def test_entries_times_and_values_are_told_for_each_kind_of_place(python, tmp_path):
    rerun = Rerun(python, tmp_path, PROGRAM, regions=REGIONS)
    entries = {row["id"]: row["entries"] for row in rerun.observed["regions"]}
    assert entries == {"module": 1, "function": 30, "generator": 1, "method": 1, "early": 1, "failing": 3, "closure": 1}
    assert all(row["seconds"] > 0 for row in rerun.observed["regions"])
    values = rerun.values("module")
    assert values["total"]["preview"] == "249750.0" and values["total"]["floatCount"] == 1
    assert set(values) == {"total", "xs"}, "a name that is not bound is left out"
    assert rerun.values("method")["self.items"]["preview"] == "[1, 3, 5, 7, 9]"
    assert rerun.values("early")["k"]["preview"] == "3"
    assert rerun.values("closure")["seen"]["preview"] == "[1, 1]"
    assert [(one["entry"], one["error"]) for one in rerun.region("failing")["exits"]] == [(1, None), (2, None), (3, "ZeroDivisionError")]


@every_python
def test_the_first_twenty_exits_and_the_last_are_kept(python, tmp_path):
    rerun = Rerun(python, tmp_path, PROGRAM, regions=REGIONS)
    exits = rerun.region("function")["exits"]
    assert [one["entry"] for one in exits] == list(range(1, 21)) + [30]
    assert exits[-1]["values"][0]["preview"] == "[0, 1, 4, 9, 16, 25, ...]"


@pytest.mark.parametrize("end", ["import os; os._exit(4)", "raise SystemExit(4)", "1 / 0", "pass"])
@oldest_and_newest_python
def test_what_was_seen_is_written_however_the_program_ends(python, end, tmp_path):
    text = "total = 0\nfor i in range(10):\n    total += i\n%s\n" % end
    rerun = Rerun(python, tmp_path, text, regions=[{"id": "r", "startLine": 2, "endLine": 3, "captures": ["total"]}])
    assert rerun.values("r")["total"]["preview"] == "45"


@oldest_and_newest_python
def test_imported_modules_are_observed_too_and_other_files_are_not(python, tmp_path):
    copy = tmp_path / "copy"
    copy.mkdir()
    (copy / "kernel.py").write_text("def work(n):\n    s = 0.0\n    for i in range(n):\n        s += i\n    return s\n")
    watched = {"id": "k", "file": str(copy / "kernel.py"), "startLine": 3, "endLine": 4, "captures": ["s"]}
    rerun = Rerun(python, tmp_path, "import kernel\nprint(kernel.work(4))\n", regions=[watched])
    assert rerun.values("k")["s"]["preview"] == "6.0" and rerun.out == "6.0\n"


@oldest_and_newest_python
def test_asynchronous_code_and_match_and_branches_are_observed(python, tmp_path):
    text = textwrap.dedent(
        """\
        import asyncio
        async def work(n):
            s = 0
            for i in range(n):
                s += i
                await asyncio.sleep(0)
            return s
        if True:
            t = 0
            for i in range(3):
                t += i
        else:
            pass
        print(asyncio.run(work(3)), t)
        """
    )
    watched = [{"id": "a", "startLine": 4, "endLine": 6, "captures": ["s"]}, {"id": "b", "startLine": 10, "endLine": 11, "captures": ["t"]}]
    rerun = Rerun(python, tmp_path, text, regions=watched)
    assert rerun.out == "3 3\n"
    assert (rerun.values("a")["s"]["preview"], rerun.values("b")["t"]["preview"]) == ("3", "3")


@oldest_and_newest_python
def test_the_time_of_capturing_is_not_charged_to_a_region_around(python, tmp_path):
    text = "import time\ndata = [str(i) for i in range(200000)]\ndata = [[x] for x in data]\nfor k in range(4):\n    time.sleep(0)\nprint(k)\n"
    watched = [{"id": "outer", "startLine": 4, "endLine": 5, "captures": []}, {"id": "inner", "startLine": 5, "endLine": 5, "captures": ["data"]}]
    rerun = Rerun(python, tmp_path, text, regions=watched)
    assert rerun.region("inner")["entries"] == 4 and rerun.region("outer")["entries"] == 1
    # Four captures of 200,000 lists take a good part of a second; the four trips take microseconds.
    assert rerun.region("outer")["seconds"] < 0.05
    assert not math.isnan(rerun.region("inner")["seconds"])


@oldest_and_newest_python
def test_a_region_without_a_statement_is_noted_and_the_program_runs(python, tmp_path):
    rerun = Rerun(python, tmp_path, "print(1)\n\n# end\n", regions=[{"id": "r", "startLine": 3, "endLine": 3, "captures": []}])
    assert rerun.out == "1\n" and rerun.region("r")["entries"] == 0
    assert "no statement at lines 3 to 3" in rerun.observed["notes"]


@oldest_and_newest_python
def test_forked_workers_run_the_watched_code_unwatched(python, tmp_path):
    text = textwrap.dedent(
        """\
        import multiprocessing
        def work(n):
            s = 0
            for i in range(n):
                s += i
            return s
        if __name__ == "__main__":
            print(work(3))
            with multiprocessing.get_context("fork").Pool(2) as pool:
                print(pool.map(work, [4, 5]))
        """
    )
    rerun = Rerun(python, tmp_path, text, regions=[{"id": "r", "startLine": 4, "endLine": 5, "captures": ["s"]}])
    assert rerun.out == "3\n[6, 10]\n", rerun.err
    assert rerun.region("r")["entries"] == 1
