"""What is seen of one watched loop: entries, trips, times, waits, and what its names hold."""
import sys
import time
from _thread import get_ident

from _hotloop_evidence_sizes import pickled_size
from _hotloop_facts import FRESH_LOCALS, fact, merge, module_of, name_of

_TELLTALES = frozenset(("locals", "vars", "dir", "eval", "exec"))
_CODE_TYPES = frozenset(("module", "function", "builtin_function_or_method", "type", "ABCMeta", "EnumMeta", "EnumType", "method"))
_COMPREHENSIONS = ("<listcomp>", "<setcomp>", "<dictcomp>")
MOST_SAMPLES = 400
MOST_LOOKS = 12
MOST_COUNTS = 2000
MOST_ELEMENTS = 20000
ENOUGH_SAMPLES = 24
clock = time.perf_counter


class Clocks:
    """Time that a thread spent, ran, and was ready to run but had no core."""

    def __init__(self):
        from _hotloop_meter import Meter

        self.queued = Meter().queued

    def read(self):
        return clock(), time.thread_time(), self.queued() or 0.0


def visible(frame, names):
    """Values of those names that the code of the frame sees. Nothing of the program runs, and its own view of its names stays."""
    found = {}
    code = frame.f_code
    if code.co_name in _COMPREHENSIONS and frame.f_back is not None:
        found.update(visible(frame.f_back, names))
    local = None
    if not code.co_flags & 1 or FRESH_LOCALS or _TELLTALES.isdisjoint(code.co_names):
        local = frame.f_locals
        if type(local) is dict or (FRESH_LOCALS and code.co_flags & 1):
            for name in names:
                if name in local:
                    found[name] = local[name]
        if code.co_flags & 1 and not FRESH_LOCALS:
            # The copy would keep the values alive.
            local.clear()
    space = frame.f_globals
    for name in names:
        if name not in found and (local is None or name not in local) and name in space:
            found[name] = space[name]
    return found


def bounds(value):
    """Least and greatest of the number or of the numbers in it; None where there are none."""
    kind = type(value)
    low = high = None
    if kind is int or kind is float:
        low = high = value
    elif (kind is list or kind is tuple) and 0 < len(value) <= MOST_ELEMENTS:
        if {type(one) for one in value} <= {int, float}:
            low, high = min(value), max(value)
    elif kind is range and len(value):
        low, high = min(value[0], value[-1]), max(value[0], value[-1])
    elif module_of(kind) == "numpy" and name_of(kind) == "ndarray" and value.dtype.kind in "iuf" and 0 < value.size <= 10000000:
        low, high = value.min().item(), value.max().item()
    if low is None or not -1.7e308 < low <= high < 1.7e308:
        return None
    return low, high


class LoopWatch:
    """One loop. `spec`: {"number", "names", "writes", "last"}; see hotloop's evidence request."""

    def __init__(self, spec, run):
        self.spec = spec
        self.run = run
        self.trips = 0
        self.due = 1
        self.entries = 0
        self.stack = []
        self.least = None
        self.most = 0
        self.counts = []
        self.samples = []
        self.close_samples = []
        self.started = None
        self.clocks = None
        self.wall = self.waited = 0.0
        self.values = {}
        self.pickled = {}
        self.looks = 0
        self.thread = None
        self.notes = []
        self.clause = False
        self.watch = None
        self.done = False
        self.shares = 0

    def note(self, text):
        if text not in self.notes and len(self.notes) < 8:
            self.notes.append(text)

    # -------------------------------------------------- called by the program
    def enter(self):
        try:
            self.entries += 1
            if self.thread is None:
                self.thread = get_ident()
            elif self.thread != get_ident():
                self.note("It runs in several threads: only the first one's entries and times are told.")
                return
            stack = self.stack
            if stack:
                if len(stack) > 200:
                    return
                self.started = None
            stack.append(self.trips)
            if len(stack) > 1:
                return
            if self.entries <= 64 or not self.entries & 63:
                self.clocks = self.run.clocks.read()
            if not self.done:
                self.started = None
                self.due = self.trips + 1
        except Exception as error:  # noqa: BLE001
            self.run.fail(error)

    def leave(self, above=1):
        """@param above: how many frames the program's own is above this one."""
        try:
            if not self.stack or self.thread != get_ident():
                return
            count = self.trips - self.stack.pop()
            if self.stack:
                self.stack[-1] += count
                if len(self.stack) > 1:
                    return
            if self.least is None or count < self.least:
                self.least = count
            if count > self.most:
                self.most = count
            if len(self.counts) < MOST_COUNTS:
                self.counts.append(count)
            if not self.stack:
                self._left(sys._getframe(above))
        except Exception as error:  # noqa: BLE001
            self.run.fail(error)

    def step(self):
        """A trip that is due to be looked at begins. True while accesses are watched."""
        now = clock()
        try:
            if self.thread != get_ident() or len(self.stack) != 1:
                self.due = self.trips + 16
                return
            if self.started is not None:
                self._ended(now)
            frame = sys._getframe(2)
            trip = self.trips - self.stack[0] - 1
            if self.watch is not None:
                self.watch.begin(trip, frame)
            if self.looks < MOST_LOOKS and (trip & (trip - 1)) == 0:
                self.look(frame)
            watching = self.watch is not None and self.watch.on
            if watching or self.started is None:
                self.started = 0.0
                self.due = self.trips + 1
            else:
                self.started = None
                self.due = self.trips + 1 + (self.trips >> 3)
            self.run.turn()
        except Exception as error:  # noqa: BLE001
            self.run.fail(error)
        finally:
            after = clock()
            self.run.spent += after - now
            if self.started is not None:
                self.started = after
                self.before = self.run.cost()

    # -------------------------------------------------- looking
    def _ended(self, now):
        took = now - self.started - (self.run.cost() - self.before)
        kept = self.close_samples if self.watch is not None and self.watch.on else self.samples
        kept.append(max(took, 0.0))
        if len(kept) > MOST_SAMPLES:
            del kept[::2]
        if len(self.samples) >= ENOUGH_SAMPLES:
            self.shares += 1

    def _left(self, frame):
        now = clock()
        if self.started is not None and self.trips > 0:
            self._ended(now)
        self.started = None
        if self.watch is not None:
            self.watch.end(frame)
        if self.clocks is not None:
            self._waited()
        if self.looks < MOST_LOOKS + 4:
            self.look(frame)
        self.run.turn()
        self.run.spent += clock() - now

    def _waited(self):
        wall, cpu, queued = self.run.clocks.read()
        before, self.clocks = self.clocks, None
        passed = wall - before[0]
        self.wall += passed
        self.waited += max(0.0, passed - (cpu - before[1]) - (queued - before[2]))

    def look(self, frame):
        self.looks += 1
        held = visible(frame, self.spec["names"])
        for name, value in held.items():
            new = fact(value)
            if new["type"] in _CODE_TYPES:
                continue
            known = self.values.get(name)
            range_ = bounds(value)
            merged = merge({k: v for k, v in known.items() if k not in ("low", "high")} if known else None, new)
            low, high = (known or {}).get("low"), (known or {}).get("high")
            if range_ is not None:
                low = range_[0] if low is None else min(low, range_[0])
                high = range_[1] if high is None else max(high, range_[1])
            self.values[name] = dict(merged, **({} if low is None else {"low": low, "high": high}))
            # The first look is before the first trip: what it hands out is not there yet.
            if self.looks in (1, 3) or (self.looks < 6 and name not in self.pickled):
                self.size(name, value)

    def size(self, name, value):
        if name in self.spec["last"]:
            if type(value) is not list or not value:
                return
            value = value[-1]
        if self.run.pickling <= 0:
            return
        begun = clock()
        found = pickled_size(value, min(0.2, self.run.pickling))
        self.run.pickling -= clock() - begun
        if found is not None:
            known = self.pickled.get(name)
            if known is None or "problem" in found or found.get("bytes", 0) > known.get("bytes", -1):
                self.pickled[name] = found

    # -------------------------------------------------- what was seen
    def enough(self):
        if self.watch is not None and not self.watch.finished():
            return False
        return self.shares >= ENOUGH_SAMPLES or (len(self.samples) + len(self.close_samples) >= ENOUGH_SAMPLES and self.entries >= 64)

    def row(self):
        if self.clocks is not None and self.thread == get_ident():
            self._waited()
            self.clocks = self.run.clocks.read()
        counts = sorted(self.counts)
        running = [self.trips - self.stack[0]] if self.stack and not counts else []
        counts = counts or running or [0]
        samples = self.samples if len(self.samples) >= 4 or len(self.samples) >= len(self.close_samples) else self.close_samples
        entries = max(self.entries, 1 if self.trips else 0)
        least = counts[0] if self.least is None else self.least
        return {
            "number": self.spec["number"],
            "entries": entries,
            "trips": self.trips,
            "perEntry": [least, counts[len(counts) // 2], max(self.most, counts[-1])],
            "samples": [round(one, 10) for one in samples],
            "wall": self.wall,
            "waited": self.waited,
            "values": self.values,
            "pickled": self.pickled,
            "notes": self.notes,
        }
