"""Takes the samples: who runs where, how long, and how much of that on a processor.

The main thread is sampled by a timer signal; other threads by a thread of ours that exists only while they do. Where there is no timer
(Windows), or the program wants SIGALRM, alarms or a wake-up descriptor for itself, that thread samples the main thread too.

A sample goes to `batch[(kind, path)] = [samples, wall, cpu, late, wait, lock, alloc]`: path is (code key, f_lasti, ..) of the user's frames,
innermost first; `late` is processor time beyond what the interval allows, so time in a long native call; `wait` is time neither on a
processor nor ready to be; `lock` is time waited for the interpreter lock. Our own time is left out.
"""
import _signal
import _thread
import os
import sys
import time

from _hotloop_deskew import CALLBACK, LIBRARY, LIBRARY_ENTRY, USER, VERSION
from _hotloop_facts import Looks

MAIN = _thread.get_ident()
TIMER = hasattr(_signal, "setitimer") and hasattr(_signal, "SIGALRM")
SLOWEST = 0.01
WAITING = 0.02
# A sample's cost may be this part of the interval.
SHARE = 0.012
# What the kernel and the interpreter do around the handler, beside what it can time itself.
AROUND = 6e-6
_ENTRY = -1 if VERSION <= (3, 10) else 12
_key_of = object.__hash__
clock = time.perf_counter
thread_time = getattr(time, "thread_time", time.process_time)


class UserFiles(dict):
    """file name of a code object -> is it the user's own?"""

    def __init__(self, folders, start):
        super().__init__()
        here = os.path.dirname(os.path.abspath(__file__))
        self.start = start
        self.folders = [os.path.join(os.path.realpath(folder), "") for folder in folders]
        stdlib = os.path.dirname(os.path.realpath(os.__file__))
        self.foreign = [os.path.join(path, "") for path in (here, os.path.realpath(here), stdlib)]
        for prefix in {sys.prefix, sys.base_prefix}:
            prefix = os.path.join(os.path.realpath(prefix), "")
            # An environment in the project's own folder; not where the project is the environment.
            if any(prefix.startswith(folder) and prefix != folder for folder in self.folders):
                self.foreign.append(prefix)

    def path(self, name):
        return os.path.normpath(os.path.join(self.start, name))

    def __missing__(self, name):
        known = False
        if name and not name.startswith("<"):
            path = os.path.realpath(self.path(name))
            known = (
                any(path.startswith(folder) for folder in self.folders)
                and not any(path.startswith(folder) for folder in self.foreign)
                and "site-packages" not in path
                and "dist-packages" not in path
            )
        self[name] = known
        return known


class _Meter:
    """Numbers that the kernel keeps, read through descriptors that stay open; -1 where there are none (not Linux)."""

    def __init__(self):
        self.memory = self.delay = -1
        self.kept = set()
        self.page = 4096
        self.open()

    def open(self):
        self.close()
        try:
            self.page = os.sysconf("SC_PAGE_SIZE")
            self.memory = _high("/proc/self/statm")
            self.delay = _high("/proc/thread-self/schedstat")
        except (OSError, ValueError, AttributeError, ImportError):
            pass

    def close(self):
        for handle in list(self.kept):
            self.release(handle)
        for name in ("memory", "delay"):
            handle = getattr(self, name)
            setattr(self, name, -1)
            if handle >= 0:
                _close(handle)

    def keep(self, path):
        """A descriptor that a forked child closes."""
        handle = _high(path)
        self.kept.add(handle)
        return handle

    def release(self, handle):
        if handle in self.kept:
            self.kept.discard(handle)
            _close(handle)

    def rss(self):
        if self.memory >= 0:
            try:
                return int(os.pread(self.memory, 80, 0).split()[1]) * self.page
            except (OSError, ValueError, IndexError):
                # The program closed or took over our descriptor.
                self.memory = -1
        if sys.platform == "darwin":
            resource = sys.modules.get("resource")
            return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss if resource else 0
        return 0

    def queued(self):
        """Seconds that the main thread was ready to run but had no core; None where the system does not tell."""
        if self.delay >= 0:
            try:
                return int(os.pread(self.delay, 80, 0).split()[1]) * 1e-9
            except (OSError, ValueError, IndexError):
                self.delay = -1
        return None


def _close(handle):
    try:
        os.close(handle)
    except OSError:
        pass


def _high(path):
    # The program's own files get the numbers that they would get without us.
    import fcntl

    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return fcntl.fcntl(handle, fcntl.F_DUPFD_CLOEXEC, 300)
    finally:
        os.close(handle)


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
        self.meter = _Meter()
        self.timeline = []
        self.lock_seconds = 0.0
        self.own_seconds = 0.0
        self.outside = 0.0
        self.taken = 0
        self.mode = "off"
        self.late_limit = 1.5
        self._flush = flush
        self._flushing = _thread.allocate_lock()
        self._threads = None
        self._restore = []
        self.begin()

    def begin(self):
        """Starts counting from now."""
        now = clock()
        self.started = now
        self._last = now
        self._last_cpu = thread_time()
        self._queued = self.meter.queued()
        self._rss = self.meter.rss()
        self._delayed = 0.0
        self._window = (now, time.process_time(), self._last_cpu, 0.0)
        self._saturated = False
        self._main_share = 1.0
        self._next_point = now
        self._point_cpu = time.process_time()
        self._point_at = now
        self._next_flush = now + 0.05
        self._flush_step = 0.05
        self._cost = 20e-6
        self._waits = 0
        self._slow = False
        self._wait_entry = None
        self._stray = (0.0, 0.0, now, self._last_cpu)
        self._busy = False
        # This tick did more than a tick does every time.
        self._extra = False

    # ---- the timer
    def start(self):
        if TIMER and self._own_signals():
            try:
                _signal_function(_signal.SIGALRM, self._tick)
                _signal.siginterrupt(_signal.SIGALRM, False)
                self.mode = "timer"
                self._arm(self.interval)
                return
            except (ValueError, OSError):
                # Not the main thread of the main interpreter.
                pass
        self._give_way()
        self.mode = "thread"
        self._start_threads()

    def stop(self):
        """Takes no more samples. The program's signal functions are its own again."""
        if self.mode == "timer":
            self._disarm()
        self.mode = "off"
        self._give_way()

    def rearm(self):
        """After a fork: timers and threads stay in the parent."""
        self._threads = None
        self._flushing = _thread.allocate_lock()
        self.meter.open()
        self.batch, self.thread_batch, self.timeline = {}, {}, []
        self.lock_seconds = self.own_seconds = self.outside = 0.0
        self.begin()

    def _own_signals(self):
        return _signal.getsignal(_signal.SIGALRM) is _signal.SIG_DFL and _signal.getitimer(_signal.ITIMER_REAL)[0] == 0.0

    def _arm(self, interval):
        _set_timer(_signal.ITIMER_REAL, interval, interval)

    def _disarm(self):
        try:
            _set_timer(_signal.ITIMER_REAL, 0.0)
            if _signal_handler(_signal.SIGALRM) == self._tick:
                _signal_function(_signal.SIGALRM, _signal.SIG_DFL)
        except (ValueError, OSError):
            pass

    def pause(self):
        """Right before the process becomes another program, which would inherit the timer."""
        if self.mode == "timer":
            self._disarm()

    def resume(self):
        if self.mode == "timer":
            _signal_function(_signal.SIGALRM, self._tick)
            self._arm(self.interval)

    def guard(self):
        """Steps aside when the program uses what the timer needs. `_signal` is where `signal` takes its functions from, then or later."""
        if not TIMER:
            return
        ours = self

        def function(signalnum, handler, /):
            if signalnum == _signal.SIGALRM:
                ours._yield_timer()
            return _signal_function(signalnum, handler)

        def getsignal(signalnum, /):
            found = _signal_handler(signalnum)
            return _signal.SIG_DFL if found == ours._tick else found

        def alarm(seconds, /):
            ours._yield_timer()
            return _alarm(seconds)

        def setitimer(which, seconds, interval=0.0, /):
            if which == _signal.ITIMER_REAL:
                ours._yield_timer()
            return _set_timer(which, seconds, interval)

        def getitimer(which, /):
            return (0.0, 0.0) if which == _signal.ITIMER_REAL and ours.mode == "timer" else _get_timer(which)

        def set_wakeup_fd(fd, /, **options):
            # Every tick would write a byte to it, and a loop that is kept busy would complain of a full buffer.
            if fd != -1:
                ours._yield_timer()
            return _set_wakeup(fd, **options)

        loaded = sys.modules.get("signal")
        for name, wrapper in (("signal", function), ("getsignal", getsignal), ("alarm", alarm), ("setitimer", setitimer),
                              ("getitimer", getitimer), ("set_wakeup_fd", set_wakeup_fd)):  # fmt: skip
            original = getattr(_signal, name)
            wrapper.__name__ = wrapper.__qualname__ = name
            wrapper.__doc__ = original.__doc__
            wrapper.__module__ = "_signal"
            for module in (_signal, loaded):
                if module is not None and getattr(module, name, None) is original:
                    setattr(module, name, wrapper)
            self._restore.append((name, wrapper, original))

    def guard_threads(self):
        """Has the thread sampler run from the first thread on: the main thread may be about to wait for it, deaf to the timer."""
        ours = self

        def guarded(original):
            def start(*args, **options):
                if ours.mode == "timer" and ours._threads is None:
                    ours._start_threads()
                return original(*args, **options)

            start.__name__ = start.__qualname__ = original.__name__
            start.__doc__ = original.__doc__
            return start

        for module, prefix in ((sys.modules.get("threading"), "_"), (_thread, "")):
            for name in ("start_new_thread", "start_joinable_thread"):
                original = getattr(module, prefix + name, None)
                if original is not None:
                    setattr(module, prefix + name, guarded(original))

    def _give_way(self):
        for module in (_signal, sys.modules.get("signal")):
            for name, wrapper, original in self._restore:
                if getattr(module, name, None) is wrapper:
                    setattr(module, name, original)
        self._restore = []

    def _yield_timer(self):
        if self.mode != "timer":
            return
        self._disarm()
        self._give_way()
        self.mode = "thread"
        self._start_threads()

    # ---- the main thread
    def _tick(self, _number, frame):
        if self._busy or frame is None or self.mode != "timer":
            return
        self._busy = True
        self._extra = False
        now = clock()
        cpu = thread_time()
        try:
            self._take_main(frame, now, cpu)
            if self._threads is None and _thread._count() > 0:
                self._start_threads()
            if now >= self._next_point:
                self._point(now)
            if now >= self._next_flush:
                self._try_flush(now)
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
                self._delayed += delay
                wait = max(0.0, gap - delay)
                if wait > 0.5 * self.interval and used < 0.2 * self.interval:
                    # It slept until our tick woke it; what it then waited for a core is our doing.
                    wait = gap
            if self._saturated and self._main_share > 0.05:
                # Several threads want the interpreter and one core is all they get.
                lock, wait = wait, 0.0
        rss = self.meter.rss()
        grown = rss - self._rss
        self._rss = rss
        limit = WAITING if self._slow else self.interval
        late = used - limit if used > self.late_limit * limit else 0.0
        entry = self._entry(self.batch, frame)
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
        self.lock_seconds += lock
        if now - self._window[0] > 0.1:
            self._judge(now, cpu)

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
        others = _thread._count() - (1 if self._threads is not None else 0)
        self._main_share = (cpu - main) / wall
        # A thread that is ready but has no core holds the interpreter lock just the same.
        work = (total - process) + (self._delayed - delayed)
        self._saturated = others > 0 and work > 0.8 * wall and (total - process) - (cpu - main) > 0.1 * wall
        self._window = (now, total, cpu, self._delayed)

    def _entry(self, batch, frame):
        files = self.files
        leaf = frame
        kind = USER
        while not files[frame.f_code.co_filename]:
            kind = LIBRARY
            below = frame
            frame = frame.f_back
            if frame is None:
                return None
        if kind == LIBRARY:
            if below is leaf and leaf.f_lasti <= _ENTRY:
                kind = LIBRARY_ENTRY
        else:
            back = frame.f_back
            if back is not None and not files[back.f_code.co_filename]:
                kind = CALLBACK
        codes = self.codes
        path = []
        at = frame
        while at is not None:
            code = at.f_code
            if files[code.co_filename]:
                key = _key_of(code)
                if key not in codes:
                    codes[key] = code
                path.append(key)
                path.append(at.f_lasti)
            at = at.f_back
        if len(path) > 16:
            path = _folded(path)
        place = (kind, tuple(path))
        entry = batch.get(place)
        top = path[0]
        count = self.counts[top] = self.counts.get(top, 0) + 1
        if entry is None:
            entry = batch[place] = [0, 0.0, 0.0, 0.0, 0.0, 0.0, 0]
            self._look(frame, count)
        elif self.looks.sampled(top, count):
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

    # ---- other threads
    def _start_threads(self):
        self._threads = 0
        _start_thread(self._run_threads, ())

    def _run_threads(self):
        me = _thread.get_ident()
        self._threads = me
        # Waiting for a lock that is never given is a sleep that no audit hook hears of.
        gate = _thread.allocate_lock()
        gate.acquire()
        known = {}
        last = clock()
        quiet = 0
        interval = max(self.base, 0.004)
        switch = sys.getswitchinterval()
        while self.mode != "off" and self._threads == me:
            before = clock()
            gate.acquire(True, interval)
            now = clock()
            own = thread_time()
            try:
                wall = now - last
                last = now
                latency = now - before - interval
                frames = sys._current_frames()
                quiet = quiet + 1 if len(frames) <= 2 and self.mode == "timer" else 0
                if quiet > 20:
                    break
                total = time.process_time()
                self._take_threads(frames, me, wall, latency, switch, known, total)
                del frames
                if self.mode == "thread":
                    if now >= self._next_point:
                        self._point(now)
                    self._grow(now)
                if now >= self._next_flush and (self.mode == "thread" or now >= self._next_flush + 0.5):
                    self._try_flush(now)
            except Exception:  # noqa: BLE001, S110
                pass
            spent = thread_time() - own
            self.own_seconds += spent
            interval = min(0.02, max(self.base, 0.004, 0.9 * interval, spent / SHARE * 0.3))
        for entry in known.values():
            if type(entry) is list and len(entry) == 4 and entry[2] >= 0:
                self.meter.release(entry[2])
        if self._threads == me:
            self._threads = None

    def _grow(self, now):
        rss = self.meter.rss()
        self._grown = max(0, rss - self._rss)
        self._rss = rss

    def _take_threads(self, frames, me, wall, latency, switch, known, total):
        used_by = {thread: self._thread_times(thread, known) for thread in frames}
        for thread in [thread for thread in known if type(thread) is int and thread not in frames]:
            self.meter.release(known.pop(thread)[2])
        latency -= used_by[me][1]
        before = known.get("total", total)
        known["total"] = total
        delayed = sum(delay for _used, delay in used_by.values())
        self._delayed += delayed
        work = ((total - before) + delayed) / wall
        known["work"] = 0.9 * known.get("work", work) + 0.1 * work
        busy = sum(1 for thread, (used, _delay) in used_by.items() if thread != me and used is not None and used > 0.02 * wall)
        for thread, frame in frames.items():
            if thread == me or (thread == MAIN and self.mode == "timer"):
                continue
            entry = self._entry(self.thread_batch, frame)
            used, delay = used_by[thread]
            if used is None:
                # No clock for this thread. If nobody held the interpreter lock, it waited.
                used = wall if latency > 0.4 * switch and not busy else 0.0
            used = min(used, wall)
            share = known.setdefault(("share", thread), [0.3])
            share[0] += 0.1 * (used / wall - share[0])
            if entry is None:
                continue
            gap = max(0.0, wall - used - delay)
            wait, lock = gap, 0.0
            if share[0] > 0.05 and known["work"] > 0.8:
                wait, lock = 0.0, gap
            late = 0.0
            if latency < 0.4 * switch and used > 0.5 * wall and (busy < 2 or known["work"] > 1.3):
                # Nobody held the interpreter lock, so this thread computed outside of it.
                late = used
            elif used > wall - latency + 1.4 * switch:
                # It kept the lock longer than Python code does.
                late = used - (wall - latency) - switch
            entry[0] += 1
            entry[1] += wall
            entry[2] += used
            entry[3] += max(0.0, late)
            entry[4] += wait
            entry[5] += lock
            if thread == MAIN:
                entry[6] += getattr(self, "_grown", 0)
            self.lock_seconds += lock
            self.taken += 1

    def _thread_times(self, thread, known):
        """Seconds since the last look on a processor (None where that can not be told) and ready without one."""
        entry = known.get(thread)
        if entry is None:
            native = self._native_id(thread)
            entry = known[thread] = [self._thread_clock(native), None, self._thread_delay(native, len(known)), None]
        number = entry[0]
        used, delay = None, 0.0
        if number is not None:
            try:
                now = time.clock_gettime(number)
                before, entry[1] = entry[1], now
                used = 0.0 if before is None else now - before
            except OSError:
                # That thread has ended, and a new one has its number.
                self.meter.release(entry[2])
                del known[thread]
                return 0.0, 0.0
        if entry[2] >= 0:
            try:
                queued = int(os.pread(entry[2], 80, 0).split()[1]) * 1e-9
                before, entry[3] = entry[3], queued
                delay = 0.0 if before is None else queued - before
            except (OSError, ValueError, IndexError):
                self.meter.release(entry[2])
                entry[2] = -1
        return used, delay

    def _native_id(self, thread):
        if not sys.platform.startswith("linux"):
            return None
        if thread == MAIN:
            return os.getpid()
        if thread == self._threads:
            return _thread.get_native_id()
        threading = sys.modules.get("threading")
        found = threading._active.get(thread) if threading is not None else None
        return getattr(found, "native_id", None)

    def _thread_delay(self, native, count):
        if native is None or count > 60:
            return -1
        try:
            return self.meter.keep("/proc/self/task/%d/schedstat" % native)
        except OSError:
            return -1

    def _thread_clock(self, native):
        # Linux' clock of one thread. time.pthread_getcpuclockid is undefined for a thread that has just ended; the kernel just says no.
        return None if native is None else (~native << 3) | 6

    # ---- now and then
    def _point(self, now):
        total = time.process_time()
        wall = now - self._point_at
        # Few enough points however long it runs.
        self._next_point = now + max(0.05, (now - self.started) / 800)
        if wall <= 0:
            return
        threads = 1 + _thread._count() - (1 if self._threads is not None else 0)
        self.timeline.append((now, (total - self._point_cpu) / wall, self.meter.rss(), threads))
        self._point_cpu, self._point_at = total, now

    def _try_flush(self, now):
        if not self._flushing.acquire(False):
            return
        self._extra = True
        try:
            self._flush_step = min(0.5, self._flush_step * 2)
            self._next_flush = now + self._flush_step
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
        self._point(now)
        if self._flushing.acquire(True, 1.0):
            try:
                self._flush(self)
            finally:
                self._flushing.release()

    def take(self):
        """What was sampled since the last call: [(kind, path), entry] of all threads."""
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


_start_thread = _thread.start_new_thread
if TIMER:
    _signal_function = _signal.signal
    _signal_handler = _signal.getsignal
    _set_timer = _signal.setitimer
    _get_timer = _signal.getitimer
    _alarm = _signal.alarm
    _set_wakeup = _signal.set_wakeup_fd
