"""Runs every script of the catalogue and its best hand-written version, compares what they print and times them.

    python test/catalogue/measure.py [--half tune|final] [--runs 3] [--write] [--only-missing] [NAME ...]

Numbers must agree within 1e-9 relative, all other text exactly. `--write` puts the medians into labels.json.
"""
import argparse
import json
import math
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
LABELS = HERE / "labels.json"
NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
# These use more than one process or thread, or wait: only the wall clock tells what was gained.
BY_WALL = {"process-pool", "thread-pool", "async", "chunk", "anti-pattern"}


def run(script, environment):
    """One run: what it printed, wall seconds, and CPU seconds of it and all its children."""
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
        start = time.perf_counter()
        child = subprocess.Popen([sys.executable, str(script)], cwd=folder, env=environment, stdout=out, stderr=errors)
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        errors.seek(0)
        if child.returncode:
            raise RuntimeError(f"{script} ended with {child.returncode}: {errors.read().decode()[-600:]}")
        return out.read().decode(), wall, usage.ru_utime + usage.ru_stime


def same(left, right):
    if NUMBER.sub("#", left) != NUMBER.sub("#", right):
        return False
    pairs = zip(NUMBER.findall(left), NUMBER.findall(right))
    return all(a == b or (not (a.lstrip("+-").isdigit() and b.lstrip("+-").isdigit())
                          and math.isclose(float(a), float(b), rel_tol=1e-9, abs_tol=1e-12)) for a, b in pairs)


def measure(label, runs, environment):
    before, best = HERE / label["script"], HERE / "best" / Path(label["script"]).name
    if label["remedy"] == "none":
        if best.read_text() != before.read_text():
            raise AssertionError(f"{label['script']} should stay as it is, but its best version differs")
        best = before
    if "cache=True" in best.read_text():
        run(best, environment)  # fills Numba's cache: what is timed is a later run, as most are
    rows = {before: [], best: []}
    expected = None
    for _ in range(runs):
        for script in rows:
            printed, wall, cpu = run(script, environment)
            expected = printed if expected is None else expected
            if not same(expected, printed):
                raise AssertionError(f"{script.name}: {script.parent.name} prints something else than the script did first")
            rows[script].append((wall, cpu))
    middle = [[statistics.median(column) for column in zip(*rows[script])] for script in (before, best)]
    basis = "wall" if label["remedy"] in BY_WALL or label["part"] == 2 else "cpu"
    used = [pair[0 if basis == "wall" else 1] for pair in middle]
    return {
        "runs": runs,
        "basis": basis,
        "secondsBefore": round(used[0], 3),
        "secondsBest": round(used[1], 3),
        "speedupBest": 1 if label["remedy"] == "none" else round(used[0] / used[1], 2),
        "wallBefore": round(middle[0][0], 3),
        "wallBest": round(middle[1][0], 3),
        "cpuBefore": round(middle[0][1], 3),
        "cpuBest": round(middle[1][1], 3),
    }


def write_labels(labels):
    """In the layout that prettier gives JSON: short lists stay on one line."""
    text = json.dumps(labels, indent=2)
    short = re.compile(r'^( *"rows": )\[\s*([^\]]*?)\s*\](,?)$', re.MULTILINE)

    def join(match):
        line = f"{match[1]}[{re.sub(chr(10) + ' *', ' ', match[2])}]{match[3]}"
        return line if len(line) <= 150 else match[0]

    # In one step, so that a run beside this one never reads half a file.
    fresh = LABELS.with_suffix(f".{os.getpid()}")
    fresh.write_text(short.sub(join, text) + "\n")
    fresh.replace(LABELS)


def has_figures(script, runs):
    """Reads the labels again: two halves may be measured at the same time."""
    return any(label["script"] == script and label.get("runs", 0) >= runs for label in json.loads(LABELS.read_text()))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--half", choices=["tune", "final"])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--only-missing", action="store_true", help="skip scripts that have figures of as many runs")
    parser.add_argument("names", nargs="*")
    args = parser.parse_args()
    failures = 0
    with tempfile.TemporaryDirectory() as cache:
        environment = {**os.environ, "NUMBA_CACHE_DIR": cache, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "0"}
        for label in json.loads(LABELS.read_text()):
            name = Path(label["script"]).stem
            if (args.half and label["half"] != args.half) or (args.names and name not in args.names):
                continue
            if args.only_missing and has_figures(label["script"], args.runs):
                continue
            try:
                figures = measure(label, args.runs, environment)
            except (AssertionError, RuntimeError) as error:
                failures += 1
                print(f"FAILED {error}", flush=True)
                continue
            print(
                f"{label['script']:36} {label['remedy']:12} {figures['secondsBefore']:7.2f} s {figures['secondsBest']:7.2f} s "
                f"{figures['speedupBest']:8.2f}x by {figures['basis']}",
                flush=True,
            )
            if args.write:
                labels = json.loads(LABELS.read_text())
                for entry in labels:
                    if entry["script"] == label["script"]:
                        entry.update(figures)
                write_labels(labels)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
