"""Runs the experiments behind bottlenecks/labels.json.

    python interventions.py [--half tune|final] [--label cpu-python] [--rounds N] [--write] [tune/NAME.py ...]

Each experiment runs a program and altered copies of it by turns and keeps the least disturbed run of each.
Exit status 1 when an experiment does not clear its margin.
"""
import argparse
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROGRAMS = HERE / 'bottlenecks'
LABELS = PROGRAMS / 'labels.json'
LIMIT_SECONDS = 120
# How long to wait for idle cores before a run: only where the experiment needs them.
CALM_SECONDS = {'overhead': 1, 'event-loop': 1}

# Runs in the program's interpreter before it: a coroutine that should wake every 5 ms notes how late it does.
HEARTBEAT = '''
import asyncio, atexit, json, os, time
lags = []
async def beat():
    while True:
        before = time.perf_counter()
        await asyncio.sleep(0.005)
        lags.append(time.perf_counter() - before - 0.005)
run = asyncio.BaseEventLoop.run_until_complete
def run_until_complete(self, future):
    task = self.create_task(beat())
    try:
        return run(self, future)
    finally:
        task.cancel()
asyncio.BaseEventLoop.run_until_complete = run_until_complete
home = os.getpid()
def keep():
    if os.getpid() == home and lags:
        with open(os.environ['HEARTBEAT_FILE'], 'w') as file:
            json.dump(lags, file)
atexit.register(keep)
'''

# The share of the time that cProfile gives to functions written in C, the profile's own share of it included.
NATIVE_SHARE = '''
import cProfile, json, os, pstats, runpy, sys
profile = cProfile.Profile()
sys.argv = sys.argv[1:]
try:
    profile.runcall(runpy.run_path, sys.argv[0], run_name='__main__')
finally:
    times = [(key[0] == '~', value[2]) for key, value in pstats.Stats(profile).stats.items()]
    with open(os.environ['NATIVE_FILE'], 'w') as file:
        json.dump(sum(t for native, t in times if native) / sum(t for _, t in times), file)
'''


class Failed(Exception):
    """The experiment could not be run as it is written."""


def altered(text, changes):
    for old, new in changes:
        if text.count(old) != 1:
            raise Failed(f'{old!r} is there {text.count(old)} times')
        text = text.replace(old, new)
    return text


def run(path, room, before=(), environment=None):
    """One run: wall seconds, CPU seconds of the whole tree and of the program alone, and seconds it was ready but not on a core."""
    started = time.perf_counter()
    child = subprocess.Popen(
        [sys.executable, *before, str(path)], cwd=room, env={**os.environ, **(environment or {})}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    states = []
    watch = threading.Thread(target=count_ready, args=(child.pid, states))
    watch.start()
    try:
        output, errors = read_all(child)
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        wall = time.perf_counter() - started
        ticks = os.sysconf('SC_CLK_TCK')
        fields = Path(f'/proc/{child.pid}/stat').read_text().rsplit(')', 1)[1].split()
        own = (int(fields[11]) + int(fields[12])) / ticks
        ready = int(Path(f'/proc/{child.pid}/schedstat').read_text().split()[1]) / 1e9
        watch.join()
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    except BaseException:
        child.kill()
        child.wait()
        watch.join()
        raise
    if child.returncode != 0:
        raise Failed(errors[-600:])
    tree = usage.ru_utime + usage.ru_stime
    return {'wall': wall, 'time': max(wall - ready, 0.001), 'tree': tree, 'own': own, 'ready': ready, 'active': sum(states) / max(len(states), 1), 'output': output}


def count_ready(pid, states):
    """Notes every 10 ms how many threads of the program and its children run or are ready to, until it ends."""
    while True:
        count, waiting = 0, [pid]
        while waiting:
            process = waiting.pop()
            try:
                threads = os.listdir(f'/proc/{process}/task')
            except OSError:
                continue
            for thread in threads:
                try:
                    state = Path(f'/proc/{process}/task/{thread}/stat').read_text().rsplit(')', 1)[1].split()[0]
                    waiting.extend(Path(f'/proc/{process}/task/{thread}/children').read_text().split())
                except OSError:
                    continue
                if process == pid and thread == str(pid) and state in 'ZX':
                    return
                count += state == 'R'
        states.append(count)
        time.sleep(0.01)


def read_all(child):
    errors = []
    reader = threading.Thread(target=lambda: errors.append(child.stderr.read()))
    timer = threading.Timer(LIMIT_SECONDS, child.kill)
    reader.start()
    timer.start()
    try:
        output = child.stdout.read()
        reader.join()
    finally:
        timer.cancel()
        child.stdout.close()
        child.stderr.close()
    return output, errors[0]


def least(runs):
    """The least disturbed numbers: each is the smallest of its kind, and the wait share is that of the run that was least held up."""
    calm = min(runs, key=lambda r: r['ready'] + r['wall'] / 10)
    idle = max(0.0, calm['wall'] - calm['tree'] - calm['ready'])
    own_idle = max(0.0, calm['wall'] - calm['own'] - calm['ready'])
    return {
        'wall': min(r['wall'] for r in runs),
        'tree': min(r['tree'] for r in runs),
        'wait': idle / (idle + calm['tree']),
        'own_wait': own_idle / (own_idle + calm['own']),
        'time': min(r['time'] for r in runs),
        'cores': max(r['tree'] / r['wall'] for r in runs),
        'active': sorted(r['active'] for r in runs)[len(runs) // 2],
        # What it would take on idle cores: its CPU time, so many threads at a time.
        'alone': sorted(r['tree'] / max(r['active'], 0.01) for r in runs)[len(runs) // 2],
        'lag': min((r['lag'] for r in runs if 'lag' in r), default=None),
        'stalled': min((r['stalled'] for r in runs if 'stalled' in r), default=None),
    }


def wait_for_calm(seconds):
    """Returns when the machine's cores are nearly idle, or after so many seconds."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        before = Path('/proc/stat').read_text().split(None, 9)[1:9]
        time.sleep(0.2)
        after = Path('/proc/stat').read_text().split(None, 9)[1:9]
        spent = [int(b) - int(a) for a, b in zip(before, after)]
        if spent[3] + spent[4] >= 0.8 * sum(spent):
            return


def observed(path, room, experiment):
    before, environment = (), {}
    if experiment['label'] == 'event-loop':
        site = room / 'site'
        site.mkdir(exist_ok=True)
        (site / 'sitecustomize.py').write_text(HEARTBEAT)
        environment = {'PYTHONPATH': str(site), 'HEARTBEAT_FILE': str(room / 'lags')}
    result = run(path, room, before, environment)
    if environment:
        lags = json.loads((room / 'lags').read_text())
        result['lag'] = max(lags)
        result['stalled'] = sum(lag for lag in lags if lag > 0.002) / result['wall']
    return result


def native_share(path, room):
    script = room / 'native.py'
    script.write_text(NATIVE_SHARE)
    run(path, room, (str(script),), {'NATIVE_FILE': str(room / 'native')})
    return json.loads((room / 'native').read_text())


def measure(script, experiment, rounds):
    """Runs the program and its altered copies by turns. Returns (least disturbed original, name -> least disturbed copy, share of C functions)."""
    text = (PROGRAMS / script).read_text()
    room = Path(tempfile.mkdtemp(prefix='labels-'))
    try:
        files = {'original': room / Path(script).name}
        files['original'].write_text(text)
        for name, changes in experiment['changes'].items():
            (room / name).mkdir()
            files[name] = room / name / Path(script).name
            files[name].write_text(altered(text, changes))
        runs = {name: [] for name in files}
        for _ in range(rounds):
            for name, path in files.items():
                wait_for_calm(CALM_SECONDS.get(experiment['label'], 0))
                runs[name].append(observed(path, room, experiment))
        if any(r['output'] != runs['original'][0]['output'] for r in runs['original']):
            raise Failed('the program does not give the same result each time')
        native = native_share(files['original'], room) if experiment['label'] == 'cpu-python' else None
        return least(runs['original']), {name: least(runs[name]) for name in experiment['changes']}, native
    finally:
        shutil.rmtree(room)


def fall(base, other, kind='time'):
    return 1 - other[kind] / base[kind]


def judged(label, base, others, native, detail):
    """(numbers to keep, conditions): a condition is (what, holds)."""
    only = next(iter(others.values())) if others else None
    if label == 'cpu-python':
        numbers = {'waitShare': base['wait'], 'cpuFall': fall(base, only, 'tree'), 'nativeShare': native}
        return numbers, [numbers['waitShare'] <= 0.3, numbers['cpuFall'] >= 0.7, native <= 0.35]
    if label == 'cpu-native':
        numbers = {'waitShare': base['wait'], 'cpuFall': fall(base, only, 'tree')}
        return numbers, [numbers['waitShare'] <= 0.3, numbers['cpuFall'] >= 0.65]
    if label == 'io-wait':
        wait = base['own_wait' if detail == 'subprocess' else 'wait']
        numbers = {'waitShare': wait, 'wallFall': fall(base, only)}
        return numbers, [wait >= 0.65, numbers['wallFall'] >= 0.65]
    if label == 'memory':
        numbers = {'wallFall': fall(base, only), 'cpuFall': fall(base, only, 'tree')}
        return numbers, [numbers['wallFall'] >= 0.65, numbers['cpuFall'] >= 0.65]
    if label == 'gil':
        numbers = {'oneThreadRatio': only['wall'] / base['wall'], 'oneThreadCpuRatio': only['tree'] / base['tree'], 'cores': base['cores']}
        return numbers, [numbers['oneThreadRatio'] <= 1.1, base['cores'] <= 1.3]
    if label == 'overhead':
        numbers = {'wallRatio': only['wall'] / base['wall'], 'cpuRatio': only['tree'] / base['tree']}
        return numbers, [numbers['wallRatio'] <= 0.5]
    if label == 'event-loop':
        numbers = {'lagSeconds': base['lag'], 'lagMovedOutSeconds': only['lag'], 'stalledShare': base['stalled'], 'stalledMovedOutShare': only['stalled']}
        return numbers, [base['lag'] > 0.01, only['lag'] < base['lag'] / 3, base['stalled'] > 0.6]
    if label == 'parallel-already':
        numbers = {'activeThreads': base['active'], 'oneWorkerActiveThreads': only['active'], 'oneWorkerRatio': only['alone'] / base['alone']}
        return numbers, [base['active'] > 1.5, numbers['oneWorkerRatio'] >= 1.35]
    if label == 'mixed':
        falls = {f'{name}Fall': fall(base, other) for name, other in others.items()}
        return falls, [max(falls.values()) <= 0.54, min(falls.values()) > 0.05, sum(value >= 0.2 for value in falls.values()) >= 2]
    return {}, [base['wall'] < 0.25]


def experiments():
    found = {}
    for half in ('tune', 'final'):
        path = HERE / 'experiments' / f'{half}.py'
        spec = importlib.util.spec_from_file_location(f'experiments_{half}', path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        found.update({f'{half}/{name}.py': value for name, value in module.EXPERIMENTS.items()})
    return found


def entry(script, experiment, base, numbers):
    return {
        'script': script,
        'half': script.split('/')[0],
        'bottleneck': experiment['label'],
        'detail': experiment.get('detail'),
        'acceptable': experiment.get('acceptable', []),
        'acceptableDetails': experiment.get('acceptableDetails', []),
        'intervention': experiment['why'],
        'measured': {'wallSeconds': round(base['wall'], 3), 'cpuSeconds': round(base['tree'], 3), **{key: round(value, 4) for key, value in numbers.items()}},
    }


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('scripts', nargs='*')
    parser.add_argument('--half', choices=['tune', 'final'])
    parser.add_argument('--label')
    parser.add_argument('--rounds', type=int, default=3)
    parser.add_argument('--write', action='store_true')
    options = parser.parse_args()
    every = experiments()
    files = {f'{path.parent.name}/{path.name}' for path in PROGRAMS.glob('*/*.py')}
    chosen = options.scripts or [name for name, e in every.items() if (not options.half or name.startswith(options.half)) and (not options.label or e['label'] == options.label)]
    for name in sorted(files ^ set(every)):
        print(f'{name}: a program without an experiment, or an experiment without a program')
    labels = {item['script']: item for item in json.loads(LABELS.read_text())} if LABELS.exists() else {}
    failed = 0
    for script in chosen:
        experiment = every[script]
        try:
            base, others, native = measure(script, experiment, options.rounds)
            numbers, holds = judged(experiment['label'], base, others, native, experiment.get('detail'))
        except Failed as error:
            failed += 1
            print(f'FAIL {script}: {error}', flush=True)
            continue
        failed += not all(holds)
        shown = ' '.join(f'{key} {value:.3g}' for key, value in numbers.items())
        print(f'{"ok  " if all(holds) else "FAIL"} {script:34s} {experiment["label"]:16s} wall {base["wall"]:.2f} s cpu {base["tree"]:.2f} s {shown}', flush=True)
        if options.write and all(holds):
            labels[script] = entry(script, experiment, base, numbers)
            LABELS.write_text(json.dumps([labels[key] for key in sorted(labels) if key in files], indent=2) + '\n')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
