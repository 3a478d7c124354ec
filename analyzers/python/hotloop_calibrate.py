"""Measures what this machine and interpreter cost: pools, messages, threads, NumPy, and how much two equal runs differ.

Usage: hotloop_calibrate.py RESULT.json [LIMIT_SECONDS]
Writes one JSON object to RESULT.json; a cost that could not be measured in the time is null. Prints nothing.
Runs on CPython 3.8 to 3.13 with the standard library only; NumPy is measured where it is installed.
"""

import json
import math
import os
import pickle
import subprocess
import sys
import time

VERSION = 3
# About 15 ms of plain bytecode: long enough to be timed, short enough to be repeated.
SPIN = 200_000
# Long enough that the start of the interpreter, which varies most, is a small part: about 0.1 s.
TINY = """
t = 0
for i in range(1600000): t += i * i % 7
try:
    with open("/proc/self/schedstat") as file: print(file.read())
except OSError: pass
"""
TINY_RUNS = 8
# Of fewer runs a spread says nothing.
FEWEST_TINY_RUNS = 4
# Larger than what an allocator keeps for the next one, and than a cache.
BUFFER = 64 << 20


# When there is time for nothing more, by time.perf_counter(): set once by main(). On a busy machine fewer repeats must do.
DEADLINE = [math.inf]


def nothing(value=None):
    return None


def same(value):
    return value


def spin(count):
    total = 0
    for number in range(count):
        total += number * number % 7
    return total


def seconds_of(work):
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def median_of(work, repeats):
    times = [seconds_of(work)]
    while len(times) < repeats and time.perf_counter() + times[-1] < DEADLINE[0]:
        times.append(seconds_of(work))
    return sorted(times)[len(times) // 2]


def usable_cores():
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1


def measure_operation(result):
    result["pythonOperation"] = median_of(lambda: spin(SPIN), 3) / SPIN / 3


def measure_threads(result):
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(nothing, range(100)))
        result["threadTask"] = median_of(lambda: list(pool.map(nothing, range(500))), 3) / 500


def measure_pickle(result):
    rows = [{"id": number, "name": "n%d" % number, "value": number * 0.5} for number in range(4000)]
    data = pickle.dumps(rows, -1)
    both = median_of(lambda: pickle.loads(pickle.dumps(rows, -1)), 3)
    result["pickleBytesPerSecond"] = len(data) / both


def measure_pool(result, cores):
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    # The first method that works serves for messages and cores; fork is the quickest where it exists.
    methods = [name for name in ("fork", "forkserver", "spawn") if name in multiprocessing.get_all_start_methods()]
    context = multiprocessing.get_context(methods[0])
    with ProcessPoolExecutor(cores, mp_context=context) as pool:
        list(pool.map(nothing, range(4 * cores)))
        result["poolMessage"] = median_of(lambda: list(pool.map(nothing, range(200))), 3) / 200
        alone = median_of(lambda: spin(4 * SPIN), 3)
        together = median_of(lambda: list(pool.map(spin, [4 * SPIN] * cores)), 3)
        result["effectiveCores"] = max(1.0, min(float(cores), cores * alone / together))


def start_pool(method):
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context(method)) as pool:
        list(pool.map(nothing, range(2)))


def measure_pool_start(result, method):
    import multiprocessing

    if method in multiprocessing.get_all_start_methods():
        result["poolStart"][method] = median_of(lambda: start_pool(method), 3 if method == "fork" else 1)


def tiny_run():
    """Wall seconds of one tiny program, less the time that it waited for a core where the system tells: benchmarks are corrected alike."""
    started = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", TINY], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    wall = time.perf_counter() - started
    try:
        return max(wall - int(done.stdout.split()[1]) / 1e9, wall / 20)
    except (IndexError, ValueError):
        return wall


def measure_memory(result):
    """Bytes a second of being given fresh pages by the system."""
    target = memoryview(bytearray(b"\1" * BUFFER))
    source = bytes(target)

    def copy():
        target[:] = source

    copied = median_of(copy, 3)
    filled = median_of(lambda: b"\1" * BUFFER, 3)
    # Filling is half of a copy: it only writes.
    fresh = max(filled - 0.5 * copied, 0.1 * filled)
    result["freshBytesPerSecond"] = BUFFER / fresh


def measure_process_start(result):
    argv = [sys.executable, "-c", "pass"]
    result["processStart"] = median_of(lambda: subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL), 3)


def measure_noise(result):
    tiny_run()
    logs = []
    while len(logs) < FEWEST_TINY_RUNS or (len(logs) < TINY_RUNS and time.perf_counter() < DEADLINE[0]):
        logs.append(math.log(tiny_run()))
    middle = sum(logs) / len(logs)
    result["noise"] = math.sqrt(sum((value - middle) ** 2 for value in logs) / (len(logs) - 1))


def measure_numpy(result):
    started = time.perf_counter()
    try:
        import numpy
    except Exception:  # A broken installation is no NumPy either.
        return
    result["numpyImport"] = time.perf_counter() - started
    count = 500_000
    left = numpy.full(count, 1.5)
    right = numpy.full(count, 2.5)
    result["numpyElement"] = median_of(lambda: left * right, 5) / count
    values = [float(number) for number in range(100_000)]
    result["listToArrayElement"] = median_of(lambda: numpy.array(values), 3) / len(values)


def main():
    target = sys.argv[1]
    limit = float(sys.argv[2]) if len(sys.argv) > 2 else 4.5
    started = time.perf_counter()
    DEADLINE[0] = started + limit
    cores = usable_cores()
    result = {
        "version": VERSION,
        "cores": cores,
        "effectiveCores": None,
        "poolStart": {"fork": None, "forkserver": None, "spawn": None},
        "poolMessage": None,
        "pickleBytesPerSecond": None,
        "threadTask": None,
        "numpyImport": None,
        "numpyElement": None,
        "listToArrayElement": None,
        "pythonOperation": None,
        "noise": None,
        "processStart": None,
        "freshBytesPerSecond": None,
        "missing": [],
    }
    # What every verdict needs comes first; NumPy after the pools, so that forked workers do not carry it. The number: how many starts of an interpreter
    # the step takes at least, so that one which would not end in time is not begun.
    steps = [
        ("operation", 0, lambda: measure_operation(result)),
        ("threads", 0, lambda: measure_threads(result)),
        ("pickle", 0, lambda: measure_pickle(result)),
        ("start", 1, lambda: measure_process_start(result)),
        ("pool", 1, lambda: measure_pool(result, cores)),
        ("fork", 1, lambda: measure_pool_start(result, "fork")),
        ("noise", 2 * (1 + FEWEST_TINY_RUNS), lambda: measure_noise(result)),
        ("memory", 2, lambda: measure_memory(result)),
        ("numpy", 4, lambda: measure_numpy(result)),
        ("spawn", 6, lambda: measure_pool_start(result, "spawn")),
        ("forkserver", 6, lambda: measure_pool_start(result, "forkserver")),
    ]
    for name, starts, step in steps:
        if time.perf_counter() + starts * (result["processStart"] or 0) > DEADLINE[0]:
            result["missing"].append(name)
            continue
        try:
            step()
        except Exception as error:  # No semaphores, no processes: a cost that cannot be had here is unknown, not a crash.
            result["missing"].append("%s: %s" % (name, error))
    with open(target, "w", encoding="utf-8") as file:
        json.dump(result, file)


if __name__ == "__main__":
    main()
