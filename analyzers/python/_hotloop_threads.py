"""Samples threads from a thread of ours: all but the main one, or that one too where there is no timer for it.

Time on a processor is the kernel's count for each thread (Linux). Whether it was Python or native code, and whether the rest was a wait or
the interpreter lock, shows in how long our own wake-up had to wait for that lock. Standard library only, CPython 3.8 and later.
"""
import _thread
import os
import sys
import time

from _hotloop_guard import start_thread

MAIN = _thread.get_ident()
# A sample's cost may be this part of the interval.
SHARE = 0.004
clock = time.perf_counter
thread_time = getattr(time, "thread_time", time.process_time)


class ThreadSampler:
    """Of one sampler, whose thread batch it fills."""

    def __init__(self, sampler):
        self.sampler = sampler
        self.me = None
        self.grown = 0

    @property
    def running(self):
        return self.me is not None

    def start(self):
        self.me = 0
        start_thread(self._run, ())

    def _run(self):
        sampler = self.sampler
        me = _thread.get_ident()
        self.me = me
        # Waiting for a lock that is never given is a sleep that no audit hook hears of.
        gate = _thread.allocate_lock()
        gate.acquire()
        known = {}
        last = clock()
        quiet = 0
        interval = max(sampler.base, 0.004)
        switch = sys.getswitchinterval()
        while sampler.mode != "off" and self.me == me:
            before = clock()
            gate.acquire(True, interval)
            now = clock()
            own = thread_time()
            try:
                wall = now - last
                last = now
                latency = now - before - interval
                frames = sys._current_frames()
                quiet = quiet + 1 if len(frames) <= 2 and sampler.mode == "timer" else 0
                if quiet > 20:
                    break
                total = time.process_time()
                self._take(frames, me, wall, latency, switch, known, total)
                del frames
                if sampler.mode == "thread":
                    if now >= sampler.next_point:
                        sampler.point(now)
                    self._grow(sampler)
                if now >= sampler.next_flush and (sampler.mode == "thread" or now >= sampler.next_flush + 0.5):
                    sampler.try_flush(now)
            except Exception:  # noqa: BLE001, S110
                pass
            spent = thread_time() - own
            sampler.own_seconds += spent
            interval = min(0.02, max(sampler.base, 0.004, 0.9 * interval, spent / SHARE))
        for entry in known.values():
            if type(entry) is list and len(entry) == 4 and entry[2] >= 0:
                sampler.meter.release(entry[2])
        if self.me == me:
            self.me = None

    def _grow(self, sampler):
        rss = sampler.meter.rss()
        self.grown = max(0, rss - sampler.last_rss)
        sampler.last_rss = rss

    def _take(self, frames, me, wall, latency, switch, known, total):
        sampler = self.sampler
        used_by = {thread: self._times(thread, known) for thread in frames}
        for thread in [thread for thread in known if type(thread) is int and thread not in frames]:
            sampler.meter.release(known.pop(thread)[2])
        latency -= used_by[me][1]
        before = known.get("total", total)
        known["total"] = total
        delayed = sum(delay for _used, delay in used_by.values())
        sampler.delayed += delayed
        work = ((total - before) + delayed) / wall
        # An average over a tenth of a second: samples can be a few milliseconds apart, or many.
        known["work"] = known.get("work", 1.0) + (work - known.get("work", 1.0)) * min(1.0, wall / 0.1)
        busy = sum(1 for thread, (used, _delay) in used_by.items() if thread != me and used is not None and used > 0.02 * wall)
        for thread, frame in frames.items():
            if thread == me or (thread == MAIN and sampler.mode == "timer"):
                continue
            entry = sampler.entry(sampler.thread_batch, frame)
            used, delay = used_by[thread]
            if used is None:
                # No clock for this thread. If nobody held the interpreter lock, it waited.
                used = wall if latency > 0.4 * switch and not busy else 0.0
            used = min(used, wall)
            share = known.setdefault(("share", thread), [0.3])
            share[0] += (used / wall - share[0]) * min(1.0, wall / 0.1)
            if entry is None:
                sampler.stray(frame, used)
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
                entry[6] += self.grown
            sampler.lock_seconds += lock
            sampler.taken += 1

    def _times(self, thread, known):
        """Seconds since the last look on a processor (None where that can not be told) and ready without one."""
        entry = known.get(thread)
        if entry is None:
            native = self._native_id(thread)
            entry = known[thread] = [_thread_clock(native), None, self._thread_delay(native, len(known)), None]
        number = entry[0]
        used, delay = None, 0.0
        if number is not None:
            try:
                now = time.clock_gettime(number)
                before, entry[1] = entry[1], now
                used = 0.0 if before is None else now - before
            except OSError:
                # That thread has ended, and a new one has its number.
                self.sampler.meter.release(entry[2])
                del known[thread]
                return 0.0, 0.0
        if entry[2] >= 0:
            try:
                queued = int(os.pread(entry[2], 80, 0).split()[1]) * 1e-9
                before, entry[3] = entry[3], queued
                delay = 0.0 if before is None else queued - before
            except (OSError, ValueError, IndexError):
                self.sampler.meter.release(entry[2])
                entry[2] = -1
        return used, delay

    def _native_id(self, thread):
        if not sys.platform.startswith("linux"):
            return None
        if thread == MAIN:
            return os.getpid()
        if thread == self.me:
            return _thread.get_native_id()
        threading = sys.modules.get("threading")
        found = threading._active.get(thread) if threading is not None else None
        return getattr(found, "native_id", None)

    def _thread_delay(self, native, count):
        if native is None or count > 60:
            return -1
        try:
            return self.sampler.meter.keep("/proc/self/task/%d/schedstat" % native)
        except OSError:
            return -1


def _thread_clock(native):
    # Linux' clock of one thread. time.pthread_getcpuclockid is undefined for a thread that has just ended; the kernel just says no.
    return None if native is None else (~native << 3) | 6
