"""What is seen of a loop is true of it."""
import textwrap

from evidence_run import Watched
from pythons import every_python, oldest_and_newest_python

DEPENDENCES = textwrap.dedent(
    """
    import json
    grid = [[0] * 50 for _ in range(50)]
    counts, cache, out, last = {}, {}, [0] * 100, 0
    class Tally:
        def __init__(self): self.count = 0
        def add(self, v): self.count += v
        def peek(self, v): return self.count + v
    tally, other = Tally(), Tally()
    def note(v):
        global last
        before, last = last, v
        return before
    def fill(row, v):
        for k in range(3):
            row[k] = v
    def run(xs, us, queue, it, text):
        for i in range(1, 50):  # hot: the row above
            grid[i][0] = grid[i - 1][0] + 1
        for i in range(50):  # hot: rows of its own
            grid[i][1] = i * 2
            fill(grid[i], i)
        for x in xs:  # hot: counts by key
            counts[x % 5] = counts.get(x % 5, 0) + 1
        for x in xs:  # hot: a field of one object
            tally.add(x)
        for x in xs:  # hot: things that it makes
            y = other.peek(x)
            made = [0, 0]
            made[0] = y; made.append(x); ordered = sorted(made); ordered.pop()
            row = json.loads(text); row["a"].append(3); row["b"]["c"] = x
        for x in xs:  # hot: a global through a function
            note(x)
        for x in xs + xs:  # hot: what it has seen
            if x not in cache:
                cache[x] = x * x
        buffer = [0] * 10
        for x in xs:  # hot: a buffer filled anew
            for k in range(10):
                buffer[k] = x
            out[x] = sum(buffer)
        for u in us:  # hot: fields of each
            u.count = u.count * 2
        for x in queue:  # hot: a list that grows
            if x < 3: queue.append(x + 1)
        for x in xs:  # hot: an iterator of its own
            next(it)
        kept = []
        for x in xs:  # hot: appends in order
            kept.append(x)
        total = 0
        for x in xs:  # hot: only arithmetic
            z = x * x
            if z > 100: z = -z
    run(list(range(20)), [Tally() for _ in range(5)], [0], iter(range(100)), '{"a": [1, 2], "b": {}}')
    """
).lstrip("\n")
NAMES = [row.partition("# hot: ")[2] for row in DEPENDENCES.split("\n") if "# hot: " in row]


def gathers(loops):
    for loop in loops:
        if NAMES[loop["number"]] == "appends in order":
            loop["gathers"] = [{"name": "kept", "startLine": loop["line"] + 1, "endLine": loop["line"] + 1}]
        loop["privates"] = loop["writes"]


def by_name(watched):
    return dict(zip(NAMES, watched.loops))


def flows(loop):
    return [one["what"] for one in loop["witnesses"] if one["kind"] == "flow"]


@every_python
def test_trips_that_need_each_other_are_caught_with_a_witness_and_no_others_are(python, tmp_path):
    seen = by_name(Watched(python, tmp_path, DEPENDENCES, change=gathers))
    assert len(seen) == 13
    found = {name: flows(loop)[:1] for name, loop in seen.items()}
    assert found == {
        "the row above": ["grid[..][0]"],
        "rows of its own": [],
        "counts by key": ["counts[0]"],
        "a field of one object": ["self.count"],
        "things that it makes": [],
        "a global through a function": ["last"],
        "what it has seen": ["cache[0]"],
        "a buffer filled anew": [],
        "fields of each": [],
        "a list that grows": ["what the loop goes over"],
        "an iterator of its own": ["it"],
        "appends in order": [],
        "only arithmetic": [],
    }
    assert {name: loop["shadowed"] == loop["trips"] for name, loop in seen.items()} == {name: True for name in NAMES}
    first = seen["counts by key"]["witnesses"][0]
    line = DEPENDENCES.split("\n").index("        counts[x % 5] = counts.get(x % 5, 0) + 1") + 1
    assert first == {"kind": "flow", "what": "counts[0]", "first": {"trip": 0, "line": line}, "second": {"trip": 5, "line": line}}
    assert seen["things that it makes"]["mutated"] == []
    assert [one["name"] for one in seen["fields of each"]["mutated"]] == ["u"]


@oldest_and_newest_python
def test_what_cannot_be_followed_is_said_and_does_not_count_as_watched(python, tmp_path):
    text = """
import random, queue
class Plugin(dict):
    pass
handlers = {"a": getattr(__builtins__, "vars")}
lines = queue.Queue()
def each(n):
    for i in range(n):  # hot
        lines.put(i)
def draws(n):
    for i in range(n):  # hot
        random.random()
each(10); draws(10)
"""
    put, drawn = Watched(python, tmp_path, text).loops
    assert put["shadowed"] == 0 and any("lines.put" in note or "could not be followed" in note for note in put["notes"])
    assert drawn["random"] == drawn["watched"] == 10 and put["random"] == 0


@every_python
def test_entries_trips_times_and_values_are_told(python, tmp_path):
    text = """
import time
def inner(rows):
    for row in rows:  # hot
        for x in row:  # hot
            time.sleep(0.002)
            y = x * 0.5
    return y
inner([[1, 2, 3], [4], [], [5, 6]])
n = 0
while n < 10:  # hot
    n += 1
print(sum([k for k in range(7)]))  # hot
def lines():  # counted
    return 1
for _ in range(3000):  # hot
    lines()
"""
    outer, nested, counted, built, called = Watched(python, tmp_path, text).loops
    assert (outer["entries"], outer["trips"]) == (1, 4)
    assert (nested["entries"], nested["trips"], nested["perEntry"]) == (4, 6, [0, 2, 3])
    assert (counted["entries"], counted["trips"]) == (1, 10)
    assert (built["entries"], built["trips"]) == (1, 7)
    assert nested["wall"] >= nested["waited"] > 0.1 * nested["wall"]
    assert sorted(nested["samples"])[0] >= 0.002 and len(nested["samples"]) >= 4
    assert nested["values"]["y"]["type"] == "float" and nested["values"]["x"]["low"] == 1
    assert outer["values"]["rows"]["length"] == 4 and outer["values"]["row"]["elements"] == ["int"]
    assert called["repeats"] == [{"file": called["repeats"][0]["file"], "line": 14, "calls": 3000, "sampled": 3000, "distinct": 1}]


@oldest_and_newest_python
def test_sizes_are_those_of_pickle_and_what_cannot_be_pickled_is_named(python, tmp_path):
    text = """
import threading, collections
class Plain:
    def __init__(self): self.items = list(range(100))
class Slots:
    __slots__ = ("a", "_b")
    def __init__(self): self.a = "x" * 1000
class Odd:
    def __reduce__(self): print("reduced"); return (Odd, ())
Pair = collections.namedtuple("Pair", "a b")
def run():
    class Local: pass
    plain, slots, odd, pair, table = Plain(), Slots(), Odd(), Pair(1, "y" * 500), collections.OrderedDict(a=1)
    lock, local, function, generator, words = threading.Lock(), Local(), lambda: 1, (k for k in "ab"), ["w" * 50] * 3
    names = [str(k) * 20 for k in range(10000)]
    for i in range(3):  # hot
        plain, slots, odd, pair, table, lock, local, function, generator, words, names
run()
"""
    watched = Watched(python, tmp_path, text)
    sizes = watched.loops[0]["pickled"]
    assert watched.out == ""
    assert 200 < sizes["plain"]["bytes"] < 1000
    assert 1000 < sizes["slots"]["bytes"] < 1300
    assert 500 < sizes["pair"]["bytes"] < 700
    assert "odd" not in sizes
    assert 700000 < sizes["names"]["bytes"] < 1000000
    assert "lock" in sizes["lock"]["problem"] and "Local" in sizes["local"]["problem"] and "generator" in sizes["generator"]["problem"]
    assert "function" not in sizes or "lambda" in sizes["function"]["problem"]


@oldest_and_newest_python
def test_the_run_ends_when_enough_was_seen(python, tmp_path):
    text = "total = 0\nfor i in range(10 ** 8):  # hot\n    total += i\nprint(total)\n"
    watched = Watched(python, tmp_path, text, end_early=True, seconds=20)
    assert watched.out == "" and watched.code == 0
    assert watched.loops[0]["early"] and 3000 < watched.loops[0]["trips"] < 10**8


@oldest_and_newest_python
def test_a_run_that_must_not_be_cut_short_comes_to_its_own_end(python, tmp_path):
    text = "total = 0\nfor i in range(10 ** 6):  # hot\n    total += i\nprint(total, [k for k in range(3)])  # hot\n"
    watched = Watched(python, tmp_path, text, end_early=False, seconds=0.001)
    assert watched.out == "499999500000 [0, 1, 2]\n" and watched.code == 0
    assert watched.loops[0]["early"] and watched.loops[0]["trips"] > 0


ORDERS = """
class Best:
    def __init__(self): self.value, self.where = -1.0, None
    def offer(self, value, where):
        if value > self.value: self.value, self.where = value, where
def run(xs):
    total, out, best, seen, trail = 0.0, [], Best(), {}, []
    for i, x in enumerate(xs):  # hot: sums and appends
        total += x / 3
        if x % 3:
            out.append(x * 2)
    for x in xs:  # hot: the first of equals
        best.offer(x % 5, x)
    for x in xs:  # hot: the last one wins
        seen[x % 4] = x
    for x in xs:  # hot: goes wrong in another order
        if x == 50: trail.append("opened")
        if x == 60: trail[0] += "!"
    for x in xs:  # hot: reaches outside
        if x > 95: open("out.txt", "a").close()
    return total, out, best.where, seen, trail
import os
print(run(list(range(100))), os.listdir("."))
"""
ORDERED = {
    "sums and appends": {"names": ["total", "out"], "sums": ["total", "out"], "appends": ["out"]},
    "the first of equals": {"names": ["best"], "sums": [], "appends": []},
    "the last one wins": {"names": ["seen"], "sums": ["seen"], "appends": []},
    "goes wrong in another order": {"names": ["trail"], "sums": [], "appends": []},
    "reaches outside": {"names": ["out"], "sums": [], "appends": []},
}


@every_python
def test_another_order_is_run_in_a_copy_of_the_process_and_compared(python, tmp_path):
    rows = ORDERS.split("\n")

    def order(loops):
        for loop in loops:
            loop["order"] = ORDERED[rows[loop["line"] - 1].partition("# hot: ")[2]]

    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    watched = Watched(python, tmp_path / "a", ORDERS, change=order)
    assert watched.out == Watched(python, tmp_path / "b", ORDERS).out and watched.out.endswith("['program.py', 'out.txt']\n") or watched.out.endswith("['out.txt', 'program.py']\n")
    found = {name: {one["order"]: one for one in loop["reordered"]} for name, loop in zip(ORDERED, watched.loops)}
    assert {order: one["same"] for order, one in found["sums and appends"].items()} == {"reversed": True, "shuffled": True}
    assert found["the first of equals"]["reversed"]["same"] is False and "best" in found["the first of equals"]["reversed"]["difference"]
    assert found["the last one wins"]["reversed"]["same"] is False
    assert found["goes wrong in another order"]["reversed"]["difference"] == "it raises IndexError"
    assert found["reaches outside"] == {} and any("must not do" in note for note in watched.loops[4]["notes"])
