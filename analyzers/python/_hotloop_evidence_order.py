"""Runs one entry of a loop in another order, in a forked copy of the process, and compares what it leaves behind.

The copy is the state of the program as it is when the loop begins; whatever it does to that is gone with it. It can reach nothing: its output goes
nowhere, open files are closed in it, and it ends when the loop does. Where such a copy is not safe (threads, shared memory, no fork) it is not made.
"""
import os
import signal
import sys
import time
import types

from _hotloop_evidence_loops import visible
from _hotloop_journal import dumps
from _hotloop_values import capture, preview

ORDERS = ("reversed", "shuffled")
MOST_TRIPS = 200000
MOST_MEMORY = 2 << 30
MOST_SECONDS = 10.0
# Libraries whose threads or devices do not live on in a fork, and memory that both sides would write to.
_UNSAFE = ("torch", "tensorflow", "jax", "cupy", "polars", "mmap", "multiprocessing.shared_memory", "tkinter", "PyQt5", "PyQt6", "numba", "ray", "pyarrow", "sqlite3")
_CODE = frozenset((types.ModuleType, types.FunctionType, types.BuiltinFunctionType, types.MethodType, type))
_VIEWS = (type({}.keys()), type({}.values()), type({}.items()))
clock = time.perf_counter


class Order:
    """Of one loop. `spec`: {"names", "sums", "appends"}: what is compared, and which of it are sums and lists that trips append to."""

    def __init__(self, spec, loop, run):
        self.spec, self.loop, self.run = spec, loop, run
        self.over = False
        self.notes = []
        self.found = []
        self.children = []
        self.mine = None
        self.begun = 0.0

    def rows(self):
        return self.found

    def skip(self, why):
        self.over = True
        self.notes.append("Another order was not tried: %s." % why)

    # -------------------------------------------------- in the program itself
    def items(self, values, frame):
        """The loop begins. @returns what it goes over: the same here, another order in a copy."""
        if self.over or self.children or self.mine is not None or self.run.released:
            return values
        kind = type(values)
        if kind not in (list, tuple, range, dict, enumerate, zip) and kind not in _VIEWS:
            self.skip("what it goes over cannot be taken in another order")
            return values
        if kind in (list, tuple, range) and len(values) < 2:
            return values
        why = self.unsafe()
        if why is not None:
            self.skip(why)
            return values
        for order in ORDERS:
            taken = self.fork(order, values, frame)
            if taken is not None:
                return taken
        self.begun = clock()
        return values

    def unsafe(self):
        if not hasattr(os, "fork") or sys.platform == "darwin":
            return "this system cannot copy a running process"
        threading = sys.modules.get("threading")
        if threading is not None and threading.active_count() > 1:
            return "the program runs in several threads"
        for name in _UNSAFE:
            if name in sys.modules:
                return "%s does not live on in a copy of the process" % name
        if signal.getsignal(signal.SIGCHLD) not in (signal.SIG_DFL, None):
            return "the program watches for children of its own"
        try:
            import resource

            if resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 > MOST_MEMORY:
                return "the program is too large to be copied"
        except ImportError:
            return "this system cannot copy a running process"
        return None

    def fork(self, order, values, frame):
        path = "%s.%s%d" % (self.run.path, order, self.loop.spec["number"])
        child = self.forked()
        if child:
            # It waits until this process has left the loop, so that neither slows the other.
            _, status = os.waitpid(child, os.WUNTRACED)
            if os.WIFSTOPPED(status):
                self.children.append((order, child, path))
            else:
                self.over = True
            return None
        try:
            # First of all: a copy that waits must hold nothing open.
            self.cut_off()
            self.run.released = True
            signal.raise_signal(signal.SIGSTOP)
            return self.begin_copy(order, path, values, frame)
        except BaseException:  # noqa: BLE001
            self.run.exit(9)

    @staticmethod
    def forked():
        import warnings

        seeds = sys.modules.get("_hotloop_seeds")
        forks = list(seeds._forks) if seeds is not None else None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            child = os.fork()
        if child and forks is not None:
            # The numbers that the program draws must not depend on this.
            seeds._forks[:] = forks
        return child

    def left(self, frame):
        """The loop is left, in the program itself or in a copy."""
        if self.mine is not None:
            self.end_copy(frame)
        if not self.children:
            return
        self.over = True
        patience = min(MOST_SECONDS, 1.0 + 3 * (clock() - self.begun))
        failed = sys.exc_info()[1] is not None
        own = None if failed else self.own(frame, patience)
        for order, child, path in self.children:
            text = self.wait(child, path, 0.0 if failed else patience)
            if failed:
                continue
            if text is None or own is None:
                self.notes.append("Another order (%s) did not come to its end in time, or did something that a copy must not do." % order)
                continue
            self.compare(order, own, text)
        self.children = []

    def own(self, frame, patience):
        """What this process has, described in a copy too: looking closely at a value can run code of its class."""
        path = "%s.own%d" % (self.run.path, self.loop.spec["number"])
        child = self.forked()
        if not child:
            try:
                self.cut_off()
                self.lists, self.mine = None, path
                self.end_copy(frame)
            finally:
                self.run.exit(9)
        text = self.wait(child, path, patience + 2.0)
        return None if text is None else _read(text)["values"]

    def wait(self, child, path, patience):
        status = None
        limit = clock() + patience
        if patience > 0:
            os.kill(child, signal.SIGCONT)
        while clock() < limit:
            done, status = os.waitpid(child, os.WNOHANG)
            if done:
                break
            time.sleep(0.002)
        else:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            status = None
        try:
            with open(path, encoding="utf-8") as file:
                text = file.read()
            os.remove(path)
        except OSError:
            return None
        return text if status == 0 else None

    def end(self):
        """The program is over before the loop was left."""
        for _, child, _ in self.children:
            try:
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)
            except OSError:
                pass
        self.children = []

    def compare(self, order, own, text):
        theirs = _read(text)
        if theirs.get("error"):
            self.found.append({"order": order, "same": False, "difference": "it raises %s" % theirs["error"]})
            return
        compared = 0
        for name, mine in own.items():
            other = theirs["values"].get(name)
            if other is None or not mine["comparable"] or not other["comparable"]:
                continue
            compared += 1
            if different(mine, other, name in self.spec["sums"]):
                self.found.append({"order": order, "same": False, "difference": "`%s` ends as %s, not as %s" % (name, other["preview"][:90], mine["preview"][:90])})
                return
        if compared:
            self.found.append({"order": order, "same": True})
        elif not self.notes:
            self.notes.append("Another order left nothing that could be compared.")

    # -------------------------------------------------- in the copy
    def cut_off(self):
        null = os.open(os.devnull, os.O_RDWR)
        for number in (0, 1, 2):
            os.dup2(null, number)
        os.closerange(3, 4096)
        sys.addaudithook(_end_on_effects(self.run.exit))

    def begin_copy(self, order, path, values, frame):
        items = []
        for one in values:
            items.append(one)
            if len(items) > MOST_TRIPS:
                self.run.exit(8)
        places = list(range(len(items)))
        if order == "reversed":
            places.reverse()
        else:
            state = 12345
            for at in range(len(places) - 1, 0, -1):
                state = (state * 6364136223846793005 + 1442695040888963407) % (1 << 64)
                other = (state >> 33) % (at + 1)
                places[at], places[other] = places[other], places[at]
        self.mine = path
        self.places = places
        self.lengths = []
        self.lists = None
        self.loop.done = True
        self.lists = {name: value for name, value in visible(frame, self.spec["appends"]).items() if type(value) is list}
        return _Taken(items, places, self)

    def end_copy(self, frame):
        try:
            error = sys.exc_info()[1]
            if self.lists is not None:
                self.mark()
            values = {} if error is not None else self.described(frame, self.lists)
            text = dumps({"error": None if error is None else type(error).__name__, "values": values})
            handle = os.open(self.mine, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with open(handle, "w", encoding="utf-8") as file:
                file.write(text)
        except BaseException:  # noqa: BLE001
            self.run.exit(7)
        self.run.exit(0)

    def mark(self):
        """How long each list is where a trip begins: what it appended is put back into the order of the trips."""
        self.lengths.append({name: len(one) for name, one in self.lists.items()})

    def described(self, frame, lists):
        held = visible(frame, self.spec["names"])
        found = {}
        for name, value in held.items():
            if isinstance(type(value), type) and type(value) in _CODE:
                continue
            if lists is not None and name in lists and lists[name] is value:
                value = self.in_order(name, value)
            shown = preview(value)
            if type(value) is dict and name in self.spec["sums"]:
                value = sorted(((capture("key", key, 100)["structure"], one) for key, one in value.items()), key=lambda pair: pair[0])
            found[name] = dict(capture(name, value, 200000), preview=shown)
        return found

    def in_order(self, name, value):
        starts = [one[name] for one in self.lengths]
        parts = sorted(zip(self.places, zip(starts, starts[1:])))
        return value[: starts[0]] + [one for _, (first, last) in parts for one in value[first:last]]


def _read(text):
    # JSON is Python but for three words, and it is our own.
    return eval(text, {"__builtins__": {}, "null": None, "true": True, "false": False})


class _Taken:
    """The items in another order, telling when each is taken."""

    def __init__(self, items, places, order):
        self.items, self.places, self.order, self.at = items, places, order, 0

    def __iter__(self):
        return self

    def __next__(self):
        if self.at >= len(self.places):
            raise StopIteration
        self.order.mark()
        self.at += 1
        return self.items[self.places[self.at - 1]]


def _end_on_effects(leave):
    names = frozenset(("os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate", "socket.connect", "socket.sendto", "socket.sendmsg", "socket.bind", "subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.forkpty", "sqlite3.connect", "os.kill", "os.chdir", "os.putenv", "shutil.rmtree", "ctypes.dlopen"))  # fmt: skip

    def hook(event, arguments):
        if event in names or (event == "open" and type(arguments[0]) is not int and type(arguments[1]) is str and not set("wax+").isdisjoint(arguments[1])):
            leave(6)

    return hook


def different(mine, other, sums):
    """False where two captured values are the same; of a sum, but for what another order of additions changes in floats."""
    if mine["type"] != other["type"] or mine["structure"] != other["structure"] or mine["floatCount"] != other["floatCount"]:
        return True
    if mine["floats"] == other["floats"] or not sums:
        return mine["floats"] != other["floats"]
    import base64
    from array import array

    one, two = array("d"), array("d")
    one.frombytes(base64.b64decode(mine["floats"]))
    two.frombytes(base64.b64decode(other["floats"]))
    return not all(a == b or abs(a - b) <= 1e-9 * max(abs(a), abs(b)) or (a != a and b != b) for a, b in zip(one, two))
