"""Starts one program, measures it, keeps it within its limits, and leaves nothing of its process tree behind.

    python -I -S hotloop_supervise.py SPEC.json

SPEC.json: {"argv": [..], "cwd": "..", "stdin": "inherit" | path | null (empty), "stdout": path | null (ours), "stderr": path | null,
"seconds": number | null, "memory": bytes | null, "output": bytes | null, "foreground": bool, "result": path, "started": path | null,
"writable": [paths] | null}
The program's environment is ours. `foreground` leaves it in our process group, so that a terminal's keys reach it and it can read from the
terminal. The result file: {"pid", "exitCode", "signal", "wall", "cpu", "peak", "delay", "workerDelay", "stopped"}; seconds and bytes; delay
is the time that the main thread waited for a core, null where the system does not tell.
"""
import errno
import json
import os
import signal
import sys
import time

LINUX = sys.platform.startswith("linux")
GRACE = 1.0
SAMPLE = 0.1


def read_text(path):
    try:
        with open(path) as file:
            return file.read()
    except (OSError, UnicodeDecodeError):
        return ""


def write_result(path, result):
    partial = path + ".part"
    with open(partial, "w") as file:
        json.dump(result, file)
    os.replace(partial, path)


# ---------------------------------------------------------------- Linux: who belongs to us, and what they use
def prctl(option, value):
    try:
        import ctypes

        return ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0) == 0
    except Exception:  # noqa: BLE001
        return False


def confine(writable):
    """Landlock: from here on this process and its children change files only below these paths. False where the kernel cannot do it."""
    import ctypes

    libc = ctypes.CDLL(None, use_errno=True)
    version = libc.syscall(444, None, ctypes.c_size_t(0), 1)
    if version < 1:
        return False
    # Write, truncate (version 3); remove and make every kind of entry; move between folders (version 2).
    file_rights = 1 << 1 | (1 << 14 if version >= 3 else 0)
    rights = file_rights | sum(1 << bit for bit in range(4, 13)) | (1 << 13 if version >= 2 else 0)
    ruleset = libc.syscall(444, ctypes.byref(ctypes.c_uint64(rights)), ctypes.c_size_t(8), 0)
    if ruleset < 0:
        return False

    class Beneath(ctypes.Structure):
        _pack_ = 1
        _layout_ = "ms"
        _fields_ = [("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32)]

    for path in writable:
        try:
            parent = os.open(path, os.O_PATH | os.O_CLOEXEC)
        except OSError:
            continue
        rule = Beneath(rights if os.path.isdir(path) else file_rights, parent)
        libc.syscall(445, ruleset, 1, ctypes.byref(rule), 0)
        os.close(parent)
    done = libc.prctl(38, 1, 0, 0, 0) == 0 and libc.syscall(446, ruleset, 0) == 0
    os.close(ruleset)
    return done


def children_of(pid):
    found = []
    try:
        threads = os.listdir("/proc/%d/task" % pid)
    except OSError:
        return found
    for thread in threads:
        found += [int(word) for word in read_text("/proc/%d/task/%s/children" % (pid, thread)).split()]
    return found


def descendants_by_scan(root):
    parents = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            fields = read_text("/proc/%s/stat" % name).rpartition(")")[2].split()
            if len(fields) > 1:
                parents.setdefault(int(fields[1]), []).append(int(name))
    found, open_ = [], [root]
    while open_:
        below = parents.get(open_.pop(), [])
        found += below
        open_ += below
    return found


def descendants(root):
    if not LINUX:
        return []
    if not os.path.exists("/proc/self/task/%d/children" % os.getpid()):
        return descendants_by_scan(root)
    found, open_ = [], [root]
    while open_:
        below = children_of(open_.pop())
        found += below
        open_ += below
    return found


def queue_delay(pid):
    """Seconds that the main thread was ready but had no core."""
    fields = read_text("/proc/%d/schedstat" % pid).split()
    return int(fields[1]) / 1e9 if len(fields) >= 2 else None


def proportional_memory(pid):
    for line in read_text("/proc/%d/smaps_rollup" % pid).split("\n"):
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    fields = read_text("/proc/%d/statm" % pid).split()
    return int(fields[1]) * os.sysconf("SC_PAGE_SIZE") if len(fields) > 1 else 0


class Watch:
    """What the processes below the program use, looked at now and then: rarely enough to cost under 1 %."""

    def __init__(self, spec, pid):
        self.spec = spec
        self.pid = pid
        self.peak = 0
        self.delays = {}
        self.next = time.monotonic() + SAMPLE

    def look(self):
        """@returns the limit that was passed, or None."""
        begin = time.monotonic()
        stopped = None
        limit = self.spec.get("output")
        if limit is not None:
            for name in ("stdout", "stderr"):
                path = self.spec.get(name)
                try:
                    if path and os.stat(path).st_size > limit:
                        stopped = "output"
                except OSError:
                    pass
        if LINUX:
            below = descendants(self.pid)
            if below or self.spec.get("memory") is not None:
                total = sum(proportional_memory(pid) for pid in [self.pid] + below)
                self.peak = max(self.peak, total)
                if self.spec.get("memory") is not None and total > self.spec["memory"]:
                    stopped = "memory"
            for pid in below:
                delay = queue_delay(pid)
                if delay is not None:
                    self.delays[pid] = delay
        now = time.monotonic()
        self.next = now + max(SAMPLE, 100 * (now - begin))
        return stopped


# ---------------------------------------------------------------- POSIX
def open_standard(spec):
    """Descriptors for 0, 1 and 2; None leaves ours."""
    stdin = spec.get("stdin")
    files = [None, None, None]
    if stdin != "inherit":
        files[0] = os.open(stdin if stdin else os.devnull, os.O_RDONLY)
    for index, name in ((1, "stdout"), (2, "stderr")):
        path = spec.get(name)
        if path:
            files[index] = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
    return files


def start(spec, files, handlers):
    """Forks and executes; the error of a failed exec is raised here."""
    read_end, write_end = os.pipe()
    above = os.getpid()
    pid = os.fork()
    if pid:
        os.close(write_end)
        problem = os.read(read_end, 64)
        os.close(read_end)
        if problem:
            os.waitpid(pid, 0)
            number = int(problem)
            there = os.path.isdir(spec["cwd"])
            raise OSError(number, os.strerror(number), spec["argv"][0] if there else spec["cwd"])
        return pid
    try:
        if not spec.get("foreground"):
            os.setpgid(0, 0)
        if LINUX:
            prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
            if os.getppid() != above:
                os._exit(1)
        for number, handler in handlers.items():
            signal.signal(number, signal.SIG_IGN if handler == signal.SIG_IGN else signal.SIG_DFL)
        for name in ("SIGPIPE", "SIGXFSZ"):
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), signal.SIG_DFL)
        for target, descriptor in enumerate(files):
            if descriptor is not None:
                os.dup2(descriptor, target)
        os.chdir(spec["cwd"])
        if LINUX and spec.get("writable"):
            try:
                confine(spec["writable"])
            except Exception:  # noqa: BLE001, S110
                pass  # the gate in the program stays
        os.execvp(spec["argv"][0], spec["argv"])
    except OSError as error:
        os.write(write_end, str(error.errno or errno.EINVAL).encode())
    finally:
        os._exit(127)


class Tree:
    """The program and everything below it."""

    def __init__(self, pid, foreground):
        self.pid = pid
        self.foreground = foreground

    def send(self, number):
        targets = [self.pid] if self.foreground else [-self.pid]
        targets += descendants(os.getpid()) if number != signal.SIGINT else []
        for target in targets:
            try:
                if target < 0:
                    os.killpg(-target, number)
                else:
                    os.kill(target, number)
            except OSError:
                pass


def reap(pid, orphans):
    """True when the program has ended; it is left unreaped. Adopted processes that ended are reaped and their use added."""
    while True:
        try:
            if os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None:
                return True
            if not LINUX:
                return False
            ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        except ChildProcessError:
            return True
        if ended is None or ended.si_pid == pid:
            return ended is not None
        orphans.append(os.wait4(ended.si_pid, 0)[2])


def wait_for(read_end, seconds):
    """Numbers of the signals that came, at the latest after so many seconds."""
    import select

    try:
        ready = select.select([read_end], [], [], max(0.0, seconds))[0]
    except InterruptedError:
        return b""
    return os.read(read_end, 512) if ready else b""


def clear_rest(tree):
    # multiprocessing's resource tracker ends by itself and unlinks shared memory: a moment for that first.
    for number, grace in ((None, 0.3), (signal.SIGTERM, 0.3), (signal.SIGKILL, 2.0)):
        if number is not None:
            tree.send(number)
        until = time.monotonic() + grace
        while time.monotonic() < until:
            try:
                while os.waitpid(-1, os.WNOHANG)[0]:
                    pass
            except ChildProcessError:
                if LINUX or number is not None:
                    return
                break
            time.sleep(0.005)


def supervise(spec):
    read_end, write_end = os.pipe()
    os.set_blocking(write_end, False)
    starter = os.getppid()
    foreground = bool(spec.get("foreground"))
    numbers = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD]
    handlers = {number: signal.getsignal(number) for number in numbers}
    signal.set_wakeup_fd(write_end, warn_on_full_buffer=False)
    for number in numbers:
        signal.signal(number, lambda *_: None)
    if LINUX:
        prctl(36, 1)  # PR_SET_CHILD_SUBREAPER: what the program leaves behind becomes our child
        if not foreground:
            prctl(1, signal.SIGTERM)  # our own starter's death ends us, and we end the tree
    files = open_standard(spec)
    orphans = []
    begin = time.perf_counter()
    pid = start(spec, files, handlers)
    tree = Tree(pid, foreground)
    watch = Watch(spec, pid)
    limit = spec.get("seconds")
    deadline = None if limit is None else time.monotonic() + limit
    stopped = None
    steps = []
    step_at = None
    while not reap(pid, orphans):
        now = time.monotonic()
        wake = [watch.next] + [at for at in (step_at, deadline if stopped is None else None) if at is not None]
        came = wait_for(read_end, min(wake) - now)
        if stopped is None and any(number in (signal.SIGTERM, signal.SIGHUP) or (number == signal.SIGINT and not foreground) for number in came):
            stopped = "cancelled"
        if stopped is None and os.getppid() != starter:
            stopped = "cancelled"  # where the system does not tell a starter's death, as Linux does
        now = time.monotonic()
        if now >= watch.next:
            passed = watch.look()
            stopped = stopped or passed
        if stopped is None and deadline is not None and now >= deadline:
            stopped = "limit"
        if stopped is not None and step_at is None:
            steps = [signal.SIGKILL] if stopped == "memory" else [signal.SIGINT, signal.SIGTERM, signal.SIGKILL]
            step_at = now
        if step_at is not None and now >= step_at and steps:
            tree.send(steps.pop(0))
            step_at = now + GRACE
    wall = time.perf_counter() - begin
    delay = queue_delay(pid) if LINUX else None
    _, status, used = os.wait4(pid, 0)
    clear_rest(tree)
    ended_by = os.WTERMSIG(status) if os.WIFSIGNALED(status) else None
    unit = 1 if sys.platform == "darwin" else 1024
    return {
        "pid": pid,
        "exitCode": 128 + ended_by if ended_by is not None else os.WEXITSTATUS(status),
        "signal": signal.Signals(ended_by).name if ended_by is not None else None,
        "wall": wall,
        "cpu": used.ru_utime + used.ru_stime + sum(one.ru_utime + one.ru_stime for one in orphans),
        "peak": max([used.ru_maxrss * unit, watch.peak] + [one.ru_maxrss * unit for one in orphans]),
        "delay": delay,
        "workerDelay": max(watch.delays.values()) if watch.delays else None,
        "stopped": stopped,
    }


# ---------------------------------------------------------------- Windows
def supervise_windows(spec):
    import ctypes
    import subprocess
    from ctypes import wintypes

    files = open_standard(spec)
    cancelled = []
    for name in ("SIGINT", "SIGTERM", "SIGBREAK"):
        if hasattr(signal, name) and not (name == "SIGINT" and spec.get("foreground")):
            signal.signal(getattr(signal, name), lambda *_: cancelled.append(True))
    flags = 0 if spec.get("foreground") else subprocess.CREATE_NEW_PROCESS_GROUP
    begin = time.perf_counter()
    program = subprocess.Popen(spec["argv"], cwd=spec["cwd"], stdin=files[0], stdout=files[1], stderr=files[2], creationflags=flags)
    watch = Watch(spec, program.pid)
    limit = spec.get("seconds")
    stopped = None
    while True:
        try:
            program.wait(0.05)
            break
        except subprocess.TimeoutExpired:
            pass
        passed = watch.look() if time.monotonic() >= watch.next else None
        if cancelled or passed or (limit is not None and time.perf_counter() - begin >= limit):
            stopped = "cancelled" if cancelled else passed or "limit"
            if flags:
                program.send_signal(signal.CTRL_BREAK_EVENT)
            try:
                program.wait(GRACE)
            except subprocess.TimeoutExpired:
                subprocess.call(["taskkill", "/T", "/F", "/PID", str(program.pid)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                program.wait()
            break
    wall = time.perf_counter() - begin
    times = [wintypes.FILETIME() for _ in range(4)]
    kernel = ctypes.windll.kernel32
    kernel.GetProcessTimes(int(program._handle), *[ctypes.byref(one) for one in times])

    class Memory(ctypes.Structure):
        _fields_ = [("cb", wintypes.DWORD), ("faults", wintypes.DWORD)] + [(name, ctypes.c_size_t) for name in "abcdefgh"]

    memory = Memory()
    memory.cb = ctypes.sizeof(memory)
    kernel.K32GetProcessMemoryInfo(int(program._handle), ctypes.byref(memory), memory.cb)
    return {
        "pid": program.pid,
        "exitCode": program.returncode,
        "signal": None,
        "wall": wall,
        "cpu": sum((one.dwHighDateTime << 32) + one.dwLowDateTime for one in times[2:]) / 1e7,
        "peak": memory.a,
        "delay": None,
        "workerDelay": None,
        "stopped": stopped,
    }


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        spec = json.load(file)
    if spec.get("started"):
        with open(spec["started"], "w") as file:
            file.write(str(os.getpid()))
    try:
        result = supervise_windows(spec) if os.name == "nt" else supervise(spec)
    except OSError as error:
        result = {"failed": "%s: %s" % (error.filename or spec["argv"][0], error.strerror or error)}
    write_result(spec["result"], result)
    # Nothing of ours is left to be torn down, and the interpreter's own farewell is time that the person waits.
    os._exit(result.get("exitCode", 127) & 0xFF)


if __name__ == "__main__":
    main()
