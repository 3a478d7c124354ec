"""Steps between the program and the few functions that the timer and the thread sampler must hear of.

Standard library only, CPython 3.8 and later.
"""
import _signal
import _thread
import errno
import os
import sys

TIMER = hasattr(_signal, "setitimer") and hasattr(_signal, "SIGALRM")
start_thread = _thread.start_new_thread
if TIMER:
    set_handler = _signal.signal
    get_handler = _signal.getsignal
    set_timer = _signal.setitimer
    get_timer = _signal.getitimer
    _alarm = _signal.alarm
    _set_wakeup = _signal.set_wakeup_fd


class Guard:
    """Of one sampler, whose `yield_timer` is called when the program wants for itself what the timer needs."""

    def __init__(self, sampler):
        self.sampler = sampler
        self._restore = []

    def signals(self):
        """Steps aside when the program uses what the timer needs. `_signal` is where `signal` takes its functions from, then or later."""
        if not TIMER:
            return
        sampler = self.sampler

        def function(signalnum, handler, /):
            if signalnum == _signal.SIGALRM:
                sampler.yield_timer()
            return set_handler(signalnum, handler)

        def getsignal(signalnum, /):
            found = get_handler(signalnum)
            return _signal.SIG_DFL if found == sampler.tick else found

        def alarm(seconds, /):
            sampler.yield_timer()
            return _alarm(seconds)

        def setitimer(which, seconds, interval=0.0, /):
            if which == _signal.ITIMER_REAL:
                sampler.yield_timer()
            return set_timer(which, seconds, interval)

        def getitimer(which, /):
            return (0.0, 0.0) if which == _signal.ITIMER_REAL and sampler.mode == "timer" else get_timer(which)

        def set_wakeup_fd(fd, /, **options):
            # Every tick would write a byte to it, and a loop that is kept busy would complain of a full buffer.
            if fd != -1:
                sampler.yield_timer()
            elif sampler.arrival.taken:
                # It has none that it could give up; ours is not for it to see.
                return -1
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

    def thread_starts(self):
        """Has the thread sampler run from the first thread on: the main thread may be about to wait for it, deaf to the timer."""
        sampler = self.sampler

        def guarded(original):
            def start(*args, **options):
                if sampler.mode == "timer" and not sampler.threads.running:
                    sampler.threads.start()
                return original(*args, **options)

            start.__name__ = start.__qualname__ = original.__name__
            start.__doc__ = original.__doc__
            return start

        for module, prefix in ((sys.modules.get("threading"), "_"), (_thread, "")):
            for name in ("start_new_thread", "start_joinable_thread"):
                original = getattr(module, prefix + name, None)
                if original is not None:
                    setattr(module, prefix + name, guarded(original))

    def descriptors(self):
        """A program that closes every number there is, as daemons do, does not close ours: Python would complain at each signal."""
        arrival = self.sampler.arrival
        close, closerange = os.close, os.closerange

        def guarded_close(fd, /):
            if fd in arrival.files():
                raise OSError(errno.EBADF, os.strerror(errno.EBADF))
            return close(fd)

        def guarded_closerange(fd_low, fd_high, /):
            for mine in arrival.files():
                if fd_low <= mine < fd_high:
                    closerange(fd_low, mine)
                    fd_low = mine + 1
            return closerange(fd_low, fd_high)

        for original, guarded in ((close, guarded_close), (closerange, guarded_closerange)):
            name = original.__name__
            guarded.__name__ = guarded.__qualname__ = name
            guarded.__doc__ = original.__doc__
            for module in (os, sys.modules.get(os.name)):
                if module is not None and getattr(module, name, None) is original:
                    setattr(module, name, guarded)

    def give_way(self):
        for module in (_signal, sys.modules.get("signal")):
            for name, wrapper, original in self._restore:
                if getattr(module, name, None) is wrapper:
                    setattr(module, name, original)
        self._restore = []
