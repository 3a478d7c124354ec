"""Where the probe says that time went, on programs whose shape tells where it must have gone."""

import os
import subprocess
import sys

import pytest
from probe_run import PYTHONS, probe, undisturbed
from pythons import every_python

WORK = """
    import time
    def leaf(k):
        return k * k % 7                                 # L:leaf
    def heavy(n):
        s = 0
        for i in range(n):
            s = (s * 31 + i * i * i + 7 - s // 3) % 65521  # L:hot
            if i < 0:
                s = 0                                    # L:never
        return s
    def main():
        heavy(900_000)                                   # L:caller
        x = [(k * k) % 7 for k in range(600_000)]        # L:comprehension
        y = sum(k & 3 for k in range(600_000))           # L:generator
        for k in range(400_000):                         # L:calls
            leaf(k)                                      # L:call
        z = sorted(range(400_000), key=lambda v: -v * 3 % 11)  # L:key
        time.sleep(0.4)                                  # L:sleep
        q = sorted([5, 3, 1, 4] * 900_000)               # L:native
    main()
"""


_runs = {}


@pytest.fixture(params=PYTHONS)
def work(request, tmp_path_factory):
    # One run for all the tests of it, and a new one for a test that is run again.
    if request.param not in _runs or getattr(request.node, "execution_count", 1) > 1:
        _runs[request.param] = undisturbed(request.param, tmp_path_factory.mktemp("work"), WORK, waits=0.4)
    return _runs[request.param]


def test_the_line_with_most_work_in_a_loop_is_the_hottest_of_it(work):
    assert work.code == 0, work.stderr
    hot = work.seconds("hot")
    assert hot > 5 * work.seconds("caller")
    assert hot > 20 * work.seconds("never")
    python, native, wait = work.line("hot")
    assert python > 0.8 * (python + native + wait)


def test_waiting_is_a_wait_and_the_line_that_waits_has_it(work):
    python, native, wait = work.line("sleep")
    assert wait > 0.2
    assert wait > 2 * (python + native)


def test_time_in_a_long_native_call_is_native_time_of_the_calling_line(work):
    python, native, wait = work.line("native")
    assert native > 0.02
    assert native > python + wait


def test_a_comprehension_and_a_generator_in_a_call_have_their_python_time(work):
    for tag in ("comprehension", "generator"):
        python, native, wait = work.line(tag)
        assert python > 0.01, tag
        assert python > 2 * (native + wait), tag


def test_a_called_function_and_its_calling_loop_share_the_time(work):
    assert work.seconds("leaf") > 0.005
    assert work.seconds("call") + work.seconds("calls") > 0.005


def test_a_function_that_c_code_calls_back_has_its_time(work):
    names = {stack[-1][0].rpartition(".")[2] for stack in work.main.stacks if stack[-1][1] == work.number("key")}
    assert "<lambda>" in names


def test_stacks_lead_from_the_module_through_the_callers(work):
    hot = [stack for stack in work.main.stacks if stack[-1][1] == work.number("hot")]
    assert hot
    for stack in hot:
        assert [name for name, _line in stack] == ["<module>", "main", "heavy"]
        assert stack[1][1] == work.number("caller")
    total = sum(work.main.stacks.values())
    assert abs(total - work.main.total()) < 0.01 * total


def test_the_seconds_of_all_lines_are_those_of_the_run(work):
    assert work.main.end is not None
    wall = work.main.end["at"] - work.main.start["at"]
    assert 0.8 * wall < work.main.total() < 1.05 * wall


def test_a_timeline_tells_processor_memory_and_threads(work):
    points = [point for tick in work.main.ticks for point in tick.get("timeline", [])]
    assert len(points) > 5
    assert any(cpu > 0.3 for _at, cpu, _rss, _threads in points)
    assert any(cpu < 0.3 for _at, cpu, _rss, _threads in points)
    assert all(threads == 1 for *_rest, threads in points)
    if sys.platform.startswith("linux"):
        assert all(rss > 1 << 20 for _at, _cpu, rss, _threads in points)


def test_the_values_of_hot_names_are_known_by_type_and_size(work):
    heavy = work.facts("heavy")
    assert heavy["n"] == {"type": "int", "value": 900000}
    assert heavy["s"]["type"] == "int"
    assert work.facts("leaf")["k"]["type"] == "int"


@every_python
def test_long_native_calls_fresh_pages_and_waits_in_libraries_are_told(python, tmp_path):
    seen = undisturbed(python, tmp_path, """
        import hashlib, subprocess
        class Store:
            def __init__(self):
                self.rows = [0] * 5000
            def fill(self):
                return [bytes(b"x" * 3_000_000 * (1 + k % 2)) + b"y" for k in range(120)]  # L:pages
        for n in range(12):
            hashlib.pbkdf2_hmac("sha256", b"x", b"salt", 40_000)  # L:long
        total = 0
        for n in range(900_000):
            total += n * n % 7  # L:short
        len(Store().fill())
        subprocess.run(["sleep", "0.4"])  # L:child
    """, waits=0.4)  # fmt: skip
    assert seen.code == 0, seen.stderr
    costs = {tag: seen.main.costs.get((seen.script, seen.number(tag)), [0.0] * 4) for tag in ("long", "short", "pages")}
    cpu, late, _system, _faults = costs["long"]
    assert cpu > 0.02 and late > 0.5 * cpu
    assert costs["short"][0] > 0.01 and costs["short"][1] < 0.4 * costs["short"][0]
    assert sum(wait for (_file, line, called, _running), (_busy, wait) in seen.main.via.items() if line == seen.number("child") and called == "subprocess") > 0.1
    if sys.platform.startswith("linux"):
        assert costs["pages"][3] > 1000 and costs["pages"][2] > 0.001


@every_python
def test_the_attributes_of_a_methods_object_are_known_too(python, tmp_path):
    seen = probe(python, tmp_path, """
        class Table:
            def __init__(self):
                self.rows = [1.5] * 5000
            @property
            def size(self):
                raise SystemExit("nobody asked")
            def total(self):
                s = 0
                for _ in range(60):
                    for row in self.rows:
                        s += row
                return s if s else self.size
        Table().total()
    """)  # fmt: skip
    assert seen.code == 0, seen.stderr
    facts = next(values for name, values in seen.main.facts.items() if name.endswith("total"))
    assert facts["self.rows"] == {"type": "list", "length": 5000, "elements": ["float"]}
    assert "self.size" not in facts


@every_python
def test_recursion_is_counted_once_in_a_stack(python, tmp_path):
    seen = probe(python, tmp_path, """
        def fib(n):
            return n if n < 2 else fib(n - 1) + fib(n - 2)
        def deep(n):
            return 0 if n == 0 else 1 + deep(n - 1)
        fib(28)
        for _ in range(2000):
            deep(400)
    """)  # fmt: skip
    assert seen.code == 0, seen.stderr
    assert max(len(stack) for stack in seen.main.stacks) < 100
    total = seen.main.total()
    inside = sum(seconds for stack, seconds in seen.main.stacks.items() if any(name in ("fib", "deep") for name, _line in stack))
    assert total > 0.005
    assert inside > 0.4 * total


@every_python
def test_time_in_a_library_is_charged_to_the_calling_line(python, tmp_path):
    seen = probe(python, tmp_path, """
        import json
        data = [{"a": list(range(30)), "b": "x" * 50} for _ in range(2000)]
        for _ in range(12):
            text = json.dumps(data, indent=1)  # L:dumps
    """)  # fmt: skip
    assert seen.code == 0, seen.stderr
    assert seen.main.files == [seen.script]
    assert seen.seconds("dumps") > 0.5 * seen.main.total()


@every_python
def test_classes_and_nested_functions_have_their_qualified_names(python, tmp_path):
    seen = probe(python, tmp_path, """
        class Model:
            def step(self):
                def inner(n):
                    s = 0
                    for i in range(n):
                        s += i * i
                    return s
                return inner(200_000)
        model = Model()
        for _ in range(12):
            model.step()
    """)  # fmt: skip
    names = {name for stack in seen.main.stacks for name, _line in stack}
    assert {"<module>", "Model.step", "Model.step.<locals>.inner"} <= names


@every_python
def test_threads_have_their_own_lines_and_wait_for_the_lock_is_no_cost(python, tmp_path):
    seen = probe(python, tmp_path, """
        import threading
        def one():
            for _ in range(6):
                x = [(k * k) % 7 for k in range(500_000)]               # L:one
        def two():
            for _ in range(6):
                x = [(k * k * 3 + 1) % 11 for k in range(500_000)]      # L:two
        threads = [threading.Thread(target=f) for f in (one, two)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]                           # L:join
    """)  # fmt: skip
    assert seen.code == 0, seen.stderr
    one, two = seen.line("one"), seen.line("two")
    assert sum(one) > 0.005
    assert sum(two) > 0.005
    join = seen.line("join")
    assert join[2] > 0.5 * sum(join)
    assert seen.main.ticks[-1]["lock"] > 0.005


@every_python
def test_the_main_thread_is_free_for_the_programs_own_alarms(python, tmp_path):
    seen = probe(python, tmp_path, """
        import signal, time
        hits = []
        assert signal.getsignal(signal.SIGALRM) is signal.SIG_DFL
        assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
        signal.signal(signal.SIGALRM, lambda *_: hits.append(time.time()))
        start = time.time()
        assert signal.alarm(1) == 0
        s = 0
        while not hits and time.time() - start < 5:
            s = s * 3 % 1000003 + 1                                     # L:busy
        print(len(hits), 0.9 < hits[0] - start < 2)
    """)  # fmt: skip
    assert (seen.code, seen.stdout) == (0, "1 True\n"), seen.stderr
    assert seen.main.ticks[-2]["mode"] == "thread"
    assert seen.seconds("busy") > 0.1


@every_python
def test_an_event_loop_with_signal_handlers_runs_in_peace(python, tmp_path):
    seen = probe(python, tmp_path, """
        import asyncio, signal
        def block(n):
            return sum([(k * k) % 7 for k in range(n)])                 # L:block
        async def handler():
            await asyncio.sleep(0.05)
            block(400_000)
        async def main():
            asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, print)
            await asyncio.gather(*[handler() for _ in range(6)])
            await asyncio.sleep(0.3)
        asyncio.run(main())                                             # L:run
    """)  # fmt: skip
    assert (seen.code, seen.stdout, seen.stderr) == (0, "", "")
    assert seen.seconds("block") > 0.005
    assert seen.line("run")[2] > 0.15
    assert any("handler" in [name for name, _line in stack] for stack in seen.main.stacks)


POOL = """
    import multiprocessing, sys
    def work(n):
        s = 0
        for k in range(n):
            s += k * k % 7                                              # L:work
        return s
    if __name__ == "__main__":
        multiprocessing.set_start_method(sys.argv[1])
        if sys.argv[2] == "pool":
            with multiprocessing.Pool(2) as pool:
                print(len(pool.map(work, [900_000] * 4)))               # L:pool
        else:
            from concurrent.futures import ProcessPoolExecutor
            with ProcessPoolExecutor(2) as pool:
                print(len(list(pool.map(work, [900_000] * 4))))         # L:executor
"""


@pytest.mark.parametrize("method", ["fork", "spawn"])
@pytest.mark.parametrize("kind", ["pool", "executor"])
@every_python
def test_children_are_followed(python, kind, method, tmp_path):
    if method == "fork" and not hasattr(os, "fork"):
        pytest.skip("this system has no fork")
    seen = probe(python, tmp_path, POOL, method, kind)
    assert (seen.code, seen.stdout, seen.stderr) == (0, "4\n", "")
    workers = [child for child in seen.children() if seen.seconds("work") and child.lines]
    assert len(workers) >= 1
    assert sum(seen.line("work", child)[0] for child in workers) > 0.005
    assert seen.line("work", seen.main) == [0.0, 0.0, 0.0]
    assert all(child.start["kind"] == "child" for child in workers)
    waiting = seen.line(kind, seen.main)
    assert waiting[2] > 0.3 * sum(waiting)


def test_arrays_and_containers_are_described_without_running_anything(tmp_path):
    python = sys.executable
    if subprocess.call([python, "-c", "import numpy"], stderr=subprocess.DEVNULL) != 0:
        pytest.skip("no NumPy in " + python)
    seen = probe(python, tmp_path, """
        import numpy as np
        class Trap:
            asked = []
            def __getattribute__(self, name):
                Trap.asked.append(name)
                raise RuntimeError(name)
            def __len__(self):
                Trap.asked.append("len")
                return 3
            __repr__ = __hash__ = __eq__ = lambda self, *_: Trap.asked.append("called")
        def work(grid, rows, table, trap, count):
            total = 0.0
            while count:
                count -= 1
                total += count % 3
            return total
        grid = np.zeros((200, 30), dtype=np.float32)
        rows = [1, 2.5, "x"] * 100
        scalar = np.float64(2.5)
        for _ in range(5):
            work(grid, rows, {"a": 1}, Trap(), 300_000)
        print(Trap.asked)
    """)  # fmt: skip
    assert (seen.code, seen.stdout) == (0, "[]\n"), seen.stderr
    facts = seen.facts("work")
    assert facts["grid"] == {"type": "ndarray", "dtype": "float32", "shape": [200, 30], "length": 200}
    assert facts["rows"] == {"type": "list", "length": 300, "elements": ["float", "int", "str"]}
    assert facts["table"] == {"type": "dict", "length": 1}
    assert facts["trap"] == {"type": "__main__.Trap"}
    assert seen.facts("<module>")["scalar"]["type"] == "float64"


@every_python
def test_looking_at_a_frame_keeps_nothing_alive(python, tmp_path):
    seen = probe(python, tmp_path, """
        import weakref
        class Big:
            pass
        def work():
            big = Big()
            gone = weakref.ref(big)
            for i in range(600_000):
                i * i % 7
            del big
            return gone() is None
        print(work())
    """)  # fmt: skip
    assert (seen.code, seen.stdout) == (0, "True\n"), seen.stderr
    assert seen.facts("work")["big"]["type"] == "__main__.Big"


def test_an_int_that_outgrows_64_bits_late_is_told(tmp_path):
    seen = probe(
        sys.executable,
        tmp_path,
        """
        def grow(limit):
            total = 0
            for number in range(limit):
                total += number * number
            return total
        grow(9_000_000)
    """,
    )
    assert seen.code == 0, seen.stderr
    assert seen.facts("grow")["total"]["large"] is True
    assert "large" not in seen.facts("grow")["limit"]
