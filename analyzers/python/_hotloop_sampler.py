"""Takes the samples: who runs where, how long, and how much of that on a processor.

The main thread is sampled by a timer signal; other threads by a thread of ours that exists only while they do. Where there is no timer
(Windows), or the program wants SIGALRM, alarms or a wake-up descriptor for itself, that thread samples the main thread too.

A sample goes to `batch[(kind, path, via)] = [samples, wall, cpu, late, wait, lock, alloc, system, faults, tardy, prompt]`: path is (code key, f_lasti, ..) of the
user's frames, innermost first; `via` is None, or the files of the library function that the user's code called and of the one that ran; `late` is
processor time that one long instruction, so a native call, must have taken; `wait` is time neither on a processor nor ready to be; `lock` is time
waited for the interpreter lock; `system` is processor time in the kernel and `faults` the pages that it made there; `tardy` and `prompt` are processor time of samples
that a native call, or a busy machine, kept waiting and of those that came at once. Our own time is left out.
"""
import _signal
import _thread
import time
from sys import getrecursionlimit

from _hotloop_arrival import Arrival
from _hotloop_deskew import CALLBACK, LIBRARY, LIBRARY_ENTRY, USER, VERSION
from _hotloop_facts import Looks
from _hotloop_guard import TIMER, Guard
from _hotloop_meter import Meter
from _hotloop_threads import ThreadSampler

if TIMER:
    from _hotloop_guard import get_handler, get_timer, set_handler, set_timer

SLOWEST = 0.01
WAITING = 0.02
# A sample's cost may be this part of the interval.
SHARE = 0.012
# A signal that Python hears of this much later than it can had to wait for a native call, or the machine was late with it.
LATE = 60e-6
# One that Python hears of this long after it came had to wait for a native call; straight bytecode runs for a third of that at most.
LONG = 30e-6
# What the kernel and the interpreter do around the handler, beside what it can time itself.
AROUND = 6e-6
_ENTRY = -1 if VERSION <= (3, 10) else 12
_key_of = object.__hash__
# Until 3.9 a RecursionError of ours, caught, still lets the program go 50 levels beyond the limit, and there the interpreter ends.
_FATAL_DEPTH = VERSION < (3, 10)
clock = time.perf_counter
thread_time = getattr(time, "thread_time", time.process_time)


class Sampler:
    def __init__(self, files, interval, flush):
        """@param flush: called with the sampler now and then, never twice at once."""
        self.files = files
        self.base = self.interval = interval
        self.codes = {}
        self.batch = {}
        self.thread_batch = {}
        self.counts = {}
        self.looks = Looks()
        self.meter = Meter()
        self.timeline = []
        self.lock_seconds = 0.0
        self.own_seconds = 0.0
        self.outside = 0.0
        # Busy seconds in no frame of the user's, by the file of the code that ran: what libraries do in threads of their own.
        self.strays = {}
        self.taken = 0
        self.mode = "off"
        self.late_limit = 1.5
        self._flush = flush
        self._flushing = _thread.allocate_lock()
        self.guard = Guard(self)
        self.arrival = Arrival()
        self.threads = ThreadSampler(self)
        self.begin()

    def begin(self):
        """Starts counting from now."""
        now = clock()
        self.started = now
        self._last = now
        self._last_cpu = thread_time()
        self._queued = self.meter.queued()
        self.last_rss = self.meter.rss()
        self._usage = self.meter.usage()
        self._promptest = 1.0
        self.delayed = 0.0
        self._window = (now, time.process_time(), self._last_cpu, 0.0)
        self._saturated = False
        self._main_share = 1.0
        self.next_point = now
        self._point_cpu = time.process_time()
        self._point_at = now
        self.next_flush = now + 0.05
        self._flush_step = 0.05
        self._cost = 20e-6
        self._waits = 0
        self._slow = False
        self._wait_entry = None
        self._stray = (0.0, 0.0, now, self._last_cpu)
        self._busy = self._deep = False
        self._ceiling = getrecursionlimit() - 120
        # This tick did more than a tick does every time.
        self._extra = False

    # ---- the timer
    def start(self):
        if TIMER and self._own_signals():
            try:
                set_handler(_signal.SIGALRM, self.tick)
                _signal.siginterrupt(_signal.SIGALRM, False)
                self.mode = "timer"
                self.arrival.open()
                self._arm(self.interval)
                return
            except (ValueError, OSError):
                # Not the main thread of the main interpreter.
                pass
        self.guard.give_way()
        self.mode = "thread"
        self.threads.start()

    def stop(self):
        """Takes no more samples. The program's signal functions are its own again."""
        if self.mode == "timer":
            self._disarm()
        self.mode = "off"
        self.guard.give_way()

    def rearm(self):
        """After a fork: timers and threads stay in the parent."""
        self.threads = ThreadSampler(self)
        self._flushing = _thread.allocate_lock()
        # The parent reads what is written to its own.
        self.arrival.close()
        self.meter.open()
        self.batch, self.thread_batch, self.timeline = {}, {}, []
        self.lock_seconds = self.own_seconds = self.outside = 0.0
        self.strays = {}
        self.begin()

    def _own_signals(self):
        return _signal.getsignal(_signal.SIGALRM) is _signal.SIG_DFL and _signal.getitimer(_signal.ITIMER_REAL)[0] == 0.0

    def _arm(self, interval):
        set_timer(_signal.ITIMER_REAL, interval, interval)

    def _disarm(self):
        try:
            set_timer(_signal.ITIMER_REAL, 0.0)
            self.arrival.close()
            if get_handler(_signal.SIGALRM) == self.tick:
                set_handler(_signal.SIGALRM, _signal.SIG_DFL)
        except (ValueError, OSError):
            pass

    def pause(self):
        """Right before the process becomes another program, which would inherit the timer."""
        if self.mode == "timer":
            self._disarm()

    def resume(self):
        if self.mode == "timer":
            set_handler(_signal.SIGALRM, self.tick)
            self.arrival.open()
            self._arm(self.interval)

    def yield_timer(self):
        """The program wants for itself what the timer needs: the main thread is sampled from a thread from now on."""
        if self.mode != "timer":
            return
        self._disarm()
        self.guard.give_way()
        self.mode = "thread"
        self.threads.start()

    # ---- the main thread
    def tick(self, _number, frame):
        if self._busy or frame is None or self.mode != "timer":
            return
        if _FATAL_DEPTH:
            # No call may be made before this: it could be the one that meets the limit.
            at = frame
            depth = 0
            while at is not None:
                depth += 1
                at = at.f_back
            if depth > self._ceiling:
                return
        self._busy = True
        self._extra = False
        now = clock()
        cpu = thread_time()
        try:
            self._take_main(frame, now, cpu)
            if not self.threads.running and _thread._count() > 0:
                self.threads.start()
            if now >= self.next_point:
                self.point(now)
            if now >= self.next_flush and not self._deep:
                self.try_flush(now)
        except Exception:  # noqa: BLE001, S110
            # Near the recursion limit, in a full memory: a sample is lost, the program must not notice.
            pass
        finally:
            spent = thread_time() - cpu
            self.own_seconds += spent
            if not self._extra:
                self._cost += 0.05 * (spent + AROUND - self._cost)
            self._last = clock()
            self._last_cpu = cpu + spent
            self._busy = False

    def _take_main(self, frame, now, cpu):
        wall = now - self._last
        used = cpu - self._last_cpu
        if used > wall:
            used = wall
        gap = wall - used
        wait = lock = 0.0
        if gap > 0.2 * self.interval:
            queued = self.meter.queued()
            if queued is None:
                wait = gap if gap > 0.5 * wall else 0.0
            else:
                delay = queued - self._queued
                self._queued = queued
                self.delayed += delay
                wait = max(0.0, gap - delay)
                # Waiting for the interpreter lock is many short sleeps, with a queue for a core after each.
                slept = used < 0.1 * wall and wait > (0.1 if self.threads.running else 0.3) * gap
                if slept or (wait > 0.5 * self.interval and used < 0.2 * self.interval):
                    # It slept but for our ticks; what it then waited for a core is our doing.
                    wait = gap
            if self._saturated and self._main_share > 0.05:
                # Several threads want the interpreter and one core is all they get.
                lock, wait = wait, 0.0
        rss = self.meter.rss()
        grown = rss - self.last_rss
        self.last_rss = rss
        limit = WAITING if self._slow else self.interval
        late = used - limit if used > self.late_limit * limit else 0.0
        held = self._held(now, late > 0.0)
        if late > 0.0 and held is not None:
            late = min(late, held)
        system, faults = self.meter.usage()
        before, self._usage = self._usage, (system, faults)
        entry = self.entry(self.batch, frame)
        self.taken += 1
        if wait > 0.5 * wall:
            self._waits += 1
            if entry is not None:
                self._wait_entry = entry
            if self._waits == 4 and not self._slow:
                self._slow = True
                self._arm(WAITING)
        else:
            if wait > 0.0 and self._waits and self._wait_entry is not None and used > 0.05 * wall:
                # It ended between two samples.
                self._wait_entry[1] += wait
                self._wait_entry[4] += wait
                wall -= wait
                wait = 0.0
            self._waits = 0
            if self._slow:
                self._slow = False
                self._arm(self.interval)
        if entry is None:
            self.outside += wall
            self.stray(frame, used)
            self._stray = (now, wall, self._last, self._last_cpu)
            return
        entry[0] += 1
        entry[1] += wall
        entry[2] += used
        entry[3] += late
        entry[4] += wait
        entry[5] += lock
        if grown > 0:
            entry[6] += grown
        entry[7] += system - before[0]
        entry[8] += faults - before[1]
        if held is not None and not self._slow:
            if held == 0.0:
                entry[10] += used - late
            elif held > gap:
                # Without a core for a while, it may be either.
                entry[9] += used - late
        self.lock_seconds += lock
        if now - self._window[0] > 0.1:
            self._judge(now, cpu)

    def _held(self, now, long):
        """How long a native call kept the signal waiting; 0: no longer than straight bytecode may, None: not known. @param long: it took more than one interval."""
        delay = self.interval - get_timer(_signal.ITIMER_REAL)[0]
        if not self._slow:
            # How fast it can be is a matter of the machine; it is learnt, and slowly forgotten.
            self._promptest = min(self._promptest + 1e-7, delay)
            delay -= self._promptest
        if not long and (self._slow or delay < LATE):
            self.arrival.forget()
            return 0.0
        since = self.arrival.seconds(now - self._last)
        if since is not None:
            return max(0.0, since - (clock() - now) - LONG)
        return None if long else delay - LATE

    def stray(self, frame, used):
        if used > 0.0:
            name = frame.f_code.co_filename
            self.strays[name] = self.strays.get(name, 0.0) + used

    def settle(self, frame):
        """The time since the last sample, when the program has ended. @param frame: where an exception came from, or None."""
        if self.mode != "timer":
            return
        self._busy = True
        try:
            now, cpu = clock(), thread_time()
            if frame is not None and now - self._stray[0] < 0.02:
                # An interrupt ended a wait; the tick that was due came when its frames were gone.
                _at, wall, self._last, self._last_cpu = self._stray
                self.outside -= wall
            if frame is not None and now - self._last > 2 * self.interval:
                self._take_main(frame, now, cpu)
            elif self._wait_entry is not None and self._waits:
                # A wait is sampled slowly: what is left of it belongs to it.
                rest = max(0.0, (now - self._last) - (cpu - self._last_cpu))
                self._wait_entry[1] += rest
                self._wait_entry[4] += rest
            self._last, self._last_cpu = now, cpu
        finally:
            self._busy = False

    def _judge(self, now, cpu):
        """Is one core's worth of work going on, and what part of it is the main thread's?"""
        at, process, main, delayed = self._window
        total = time.process_time()
        wall = now - at
        others = _thread._count() - (1 if self.threads.running else 0)
        self._main_share = (cpu - main) / wall
        # A thread that is ready but has no core holds the interpreter lock just the same.
        work = (total - process) + (self.delayed - delayed)
        self._saturated = others > 0 and work > 0.8 * wall and (total - process) - (cpu - main) > 0.1 * wall
        self._window = (now, total, cpu, self.delayed)

    def entry(self, batch, frame):
        files = self.files
        leaf = frame
        kind = USER
        via = None
        while not files[frame.f_code.co_filename]:
            kind = LIBRARY
            below = frame
            frame = frame.f_back
            if frame is None:
                return None
        if kind == LIBRARY:
            via = (below.f_code.co_filename, leaf.f_code.co_filename)
            if below is leaf and leaf.f_lasti <= _ENTRY:
                kind = LIBRARY_ENTRY
        else:
            back = frame.f_back
            if back is not None and not files[back.f_code.co_filename]:
                kind = CALLBACK
        codes = self.codes
        path = []
        at = frame
        depth = 0
        while at is not None:
            depth += 1
            code = at.f_code
            if files[code.co_filename]:
                key = _key_of(code)
                if key not in codes:
                    codes[key] = code
                path.append(key)
                path.append(at.f_lasti)
            at = at.f_back
        self._ceiling = getrecursionlimit() - 120
        self._deep = depth > self._ceiling
        if len(path) > 16:
            path = _folded(path)
        place = (kind, tuple(path), via)
        entry = batch.get(place)
        top = path[0]
        count = self.counts[top] = self.counts.get(top, 0) + 1
        if entry is None:
            entry = batch[place] = [0, 0.0, 0.0, 0.0, 0.0, 0.0, 0, 0.0, 0, 0.0, 0.0]
            if not self._deep:
                self._look(frame, count)
        elif not self._deep and self.looks.sampled(top, count):
            self._extra = True
            self.looks.look(top, frame, count)
        return entry

    def _look(self, frame, count):
        seen = 0
        self._extra = True
        while frame is not None and seen < 40:
            code = frame.f_code
            if self.files[code.co_filename]:
                key = _key_of(code)
                if seen:
                    count = self.counts[key] = self.counts.get(key, 0) + 1
                if self.looks.sampled(key, count):
                    self.looks.look(key, frame, count)
                seen += 1
            frame = frame.f_back

    # ---- now and then
    def point(self, now):
        total = time.process_time()
        wall = now - self._point_at
        # Few enough points however long it runs.
        self.next_point = now + max(0.05, (now - self.started) / 800)
        if wall <= 0:
            return
        threads = 1 + _thread._count() - (1 if self.threads.running else 0)
        self.timeline.append((now, (total - self._point_cpu) / wall, self.meter.rss(), threads))
        self._point_cpu, self._point_at = total, now

    def try_flush(self, now):
        if not self._flushing.acquire(False):
            return
        self._extra = True
        try:
            self._flush_step = min(0.5, self._flush_step * 2)
            self.next_flush = now + self._flush_step
            self._adapt()
            self._flush(self)
        finally:
            self._flushing.release()

    def _adapt(self):
        wanted = min(SLOWEST, max(self.base, self._cost / SHARE))
        if self.mode == "timer" and not self._slow and abs(wanted - self.interval) > 0.2 * self.interval:
            self.interval = wanted
            self._arm(wanted)

    def finish(self):
        """The last flush, after which nothing is sampled."""
        self.stop()
        now = clock()
        self.point(now)
        if self._flushing.acquire(True, 1.0):
            try:
                self._flush(self)
            finally:
                self._flushing.release()

    def take(self):
        """What was sampled since the last call: [(kind, path, via), entry] of all threads."""
        main, self.batch = self.batch, {}
        others, self.thread_batch = self.thread_batch, {}
        self._wait_entry = None
        return list(main.items()) + list(others.items())


def _folded(path):
    """A recursion's path with each call site once."""
    seen = set()
    out = []
    for at in range(0, len(path), 2):
        pair = (path[at], path[at + 1])
        if pair not in seen:
            seen.add(pair)
            out.extend(pair)
        if len(out) >= 160:
            break
    return out


