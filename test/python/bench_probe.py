"""What the probe costs and how far its shares are from the truth: python test/python/bench_probe.py [ROUNDS] [PYTHON ..]

Not a test: it prints a table. Each workload times its own blocks (`with block("name"):`), writes that as the truth, and is run bare and
profiled in turn. CPU: ratio of processor time, median over the rounds. Error: total variation between the measured and the true shares
of the blocks, in percent; a block is the lines between its `with` and the next one.
"""

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import textwrap

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from probe_run import PROBE, Journal  # noqa: E402

HEAD = """
import json, os, time
from contextlib import contextmanager
TRUTH = {}
clock = time.perf_counter
@contextmanager
def block(name, clock=clock):
    start = clock()
    yield
    TRUTH[name] = TRUTH.get(name, 0.0) + clock() - start
"""
TAIL = """
if os.environ.get("TRUTH"):
    json.dump(TRUTH, open(os.environ["TRUTH"], "w"))
"""
WORK = {
    "python": """
        def inner(s, n):
            for j in range(n):
                s = (s * 31 + j) % 65521
            return s
        def leaf(k):
            return k * k % 7
        def main():
            for _ in range(8):
                with block("comprehension"):
                    x = [(k * k) % 7 for k in range(900_000)]
                with block("generator"):
                    y = sum(k & 3 for k in range(600_000))
                with block("loop"):
                    inner(1, 700_000)
                with block("calls"):
                    for k in range(400_000):
                        leaf(k)
        main()
    """,
    "numpy": """
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
        import numpy as np
        def main():
            rng = np.random.default_rng(0)
            a, x = rng.random((600, 600)), rng.random(1_500_000)
            values = rng.random(200_000).tolist()
            for _ in range(12):
                with block("matmul"):
                    b = a @ a
                with block("exp"):
                    q = np.exp(x)
                with block("ufunc"):
                    z = x * 2.5 + q
                with block("sorted"):
                    m = sorted(values)
                with block("elements"):
                    w = 0.0
                    for v in x[:200_000]:
                        w += v
        main()
    """,
    "waiting": """
        import tempfile
        def main():
            handle, name = tempfile.mkstemp()
            blob = os.urandom(2_000_000)
            for _ in range(10):
                with block("sleep"):
                    time.sleep(0.1)
                with block("fsync"):
                    os.pwrite(handle, blob, 0)
                    os.fsync(handle)
                with block("cpu"):
                    x = [(k * k) % 7 for k in range(900_000)]
            os.unlink(name)
        main()
    """,
    "memory": """
        def main():
            for _ in range(8):
                with block("list"):
                    values = [float(k) for k in range(400_000)]
                with block("slice"):
                    more = values[:] + values
                with block("dict"):
                    table = {k: str(k) for k in range(200_000)}
                with block("bytes"):
                    data = bytearray(b"x") * 60_000_000
                with block("text"):
                    s = ""
                    for k in range(300_000):
                        s += "ab"
        main()
    """,
    "threads": """
        import threading
        def one():
            for _ in range(6):
                with block("one", time.thread_time):
                    x = [(k * k) % 7 for k in range(900_000)]
        def two():
            for _ in range(6):
                with block("two", time.thread_time):
                    x = [(k * k * 3 + 1) % 11 for k in range(900_000)]
        threads = [threading.Thread(target=f) for f in (one, two, one, two)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
    """,
}
BUSY_ONLY = {"threads"}
# As a user has it: with the helpers compiled once.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def blocks(text):
    """line -> block, for the lines that belong to one; a function called from one block only belongs to it."""
    owner, current, depth = {}, None, 0
    calls = {"inner": "loop", "leaf": "calls"}
    for number, line in enumerate(text.split("\n"), 1):
        indent = len(line) - len(line.lstrip())
        if line.strip().startswith("with block("):
            current, depth = line.split('"')[1], indent
        elif line.strip().startswith("def "):
            name = line.strip()[4:].split("(")[0]
            current, depth = calls.get(name), indent
        elif current is not None and indent <= depth and line.strip():
            current = None
        if current is not None:
            owner[number] = current
    return owner


def once(python, script, folder, profiled):
    truth = os.path.join(folder, "truth.json")
    out = os.path.join(folder, "probe.jsonl")
    for name in os.listdir(folder):
        if name.startswith("probe.jsonl"):
            os.unlink(os.path.join(folder, name))
    argv = [python, PROBE, "--out", out, "--root", folder, "script", script] if profiled else [python, script]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(argv, check=True, cwd=folder, env=dict(ENVIRONMENT, TRUTH=truth), stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    with open(truth) as file:
        blocks_truth = json.load(file)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return cpu, blocks_truth, Journal(out) if profiled else None


def error(journal, truth, owner, busy_only):
    seen = dict.fromkeys(truth, 0.0)
    for (_file, line), (python, native, wait) in journal.lines.items():
        if owner.get(line) in seen:
            seen[owner[line]] += python + native + (0.0 if busy_only else wait)
    total, whole = sum(seen.values()) or 1.0, sum(truth.values())
    return 50 * sum(abs(seen[name] / total - truth[name] / whole) for name in truth)


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    for python in sys.argv[2:] or [sys.executable]:
        print(python)
        print("%-10s %8s %8s %10s %9s %9s" % ("workload", "bare s", "CPU", "spread", "error %", "samples"))
        for name, text in WORK.items():
            if name == "numpy" and subprocess.call([python, "-c", "import numpy"], stderr=subprocess.DEVNULL):
                print("%-10s no NumPy" % name)
                continue
            with tempfile.TemporaryDirectory() as folder:
                script = os.path.join(folder, "work.py")
                text = HEAD + textwrap.dedent(text) + TAIL
                with open(script, "w") as file:
                    file.write(text)
                owner = blocks(text)
                bare, ratios, errors, samples = [], [], [], []
                for _ in range(rounds):
                    one, _truth, _none = once(python, script, folder, False)
                    other, truth, journal = once(python, script, folder, True)
                    bare.append(one)
                    ratios.append(other / one)
                    errors.append(error(journal, truth, owner, name in BUSY_ONLY))
                    samples.append(journal.ticks[-1]["taken"])
                spread = "%.2f-%.2f" % (min(ratios), max(ratios))
                print("%-10s %8.2f %8.3f %10s %9.1f %9d" % (name, statistics.median(bare), statistics.median(ratios), spread, statistics.median(errors), statistics.median(samples)))


if __name__ == "__main__":
    main()
