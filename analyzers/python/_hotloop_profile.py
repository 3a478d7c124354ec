"""One profiled process: the sampler, the journal and the effects, begun and ended together; and the same again in its children."""
import atexit
import os
import sys

from _hotloop_journal import Journal
from _hotloop_meter import UserFiles
from _hotloop_sampler import Sampler

_HERE = os.path.dirname(os.path.abspath(__file__))


class Profile:
    def __init__(self, out, root, folders, interval, kind="main"):
        """@param root: the project's folder. @param folders: whose files are the user's own."""
        self.out = out
        self.pid = os.getpid()
        self.spec = {"out": out, "root": root, "folders": folders, "interval": interval}
        self.files = UserFiles(folders, os.getcwd())
        self.effects = _effects(root)
        self.sampler = Sampler(self.files, interval, self._flush)
        self.journal = Journal(out, self.sampler, self.files, self.effects, kind)
        self.ended = True
        # The first to be registered is the last to run: threads and the program's own exit functions are still seen.
        atexit.register(self.end, "exit")

    def begin(self):
        """Right before the program's first instruction."""
        self.ended = False
        self.sampler.begin()
        self.sampler.guard.signals()
        self.sampler.guard.thread_starts()
        self.sampler.guard.descriptors()
        self._guard_exits()
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._forked)
        self.sampler.start()
        self.sampler.try_flush(self.sampler.started)

    def announce(self):
        """Has the workers followed that start a new interpreter (spawn, forkserver)."""
        from _hotloop_child import announce

        path = os.path.join(os.path.dirname(self.out), "child.spec")
        with open(path, "w", encoding="utf-8") as file:
            file.write(repr(self.spec))
        announce("_hotloop_follow", path)

    def _flush(self, sampler):
        self.journal.flush(sampler)

    def look(self, error=None):
        """Right after its last: the time since the last sample, and names that lived too briefly for one."""
        try:
            at = _innermost(getattr(error, "__traceback__", None))
            self.sampler.settle(None if at is None else at.tb_frame)
            del at
            main = sys.modules.get("__main__")
            if main is not None and not self.ended:
                looks = self.sampler.looks
                for key, code in list(self.sampler.codes.items()):
                    if code.co_name == "<module>" and getattr(main, "__file__", None) == code.co_filename:
                        looks.look_at_module(code.co_filename, main.__dict__, code.co_names)
        except Exception:  # noqa: BLE001, S110
            pass

    def end(self, how):
        """The last record of this process."""
        if self.ended:
            return
        self.ended = True
        try:
            if os.getpid() == self.pid:
                self.sampler.finish()
                self.journal.end(how)
                self.journal.close()
        except Exception:  # noqa: BLE001, S110
            pass

    def _guard_exits(self):
        """os._exit skips atexit; a program that replaces itself would inherit the timer, and die of it."""
        end, sampler = self.end, self.sampler

        def guarded(original, before, after):
            def function(*args, **options):
                before()
                try:
                    return original(*args, **options)
                finally:
                    after()

            for name in ("__name__", "__qualname__", "__doc__", "__module__", "__text_signature__"):
                try:
                    setattr(function, name, getattr(original, name))
                except (AttributeError, TypeError):
                    pass
            return function

        def leaving():
            # Not from a handler that interrupted a flush: what is lost then is half a second.
            end("_exit")

        def replacing():
            sampler.pause()
            try:
                sampler.try_flush(0.0)
            except Exception:  # noqa: BLE001, S110
                pass

        os._exit = guarded(os._exit, leaving, lambda: None)
        for name in ("execv", "execve"):
            if hasattr(os, name):
                setattr(os, name, guarded(getattr(os, name), replacing, sampler.resume))

    # ---- children
    def _forked(self):
        """In a forked child, before the program goes on."""
        if self.ended:
            return
        try:
            self.pid = os.getpid()
            self.journal.close()
            self.sampler.rearm()
            old = self.journal
            self.journal = Journal("%s.%d" % (self.out, self.pid), self.sampler, self.files, self.effects, "child")
            self.journal.deskew = old.deskew
            if _multiprocessing_child():
                if self.sampler.mode == "timer":
                    self.sampler.start()
                else:
                    self.sampler.threads.start()
            elif self.sampler.mode != "off":
                # It may be about to become another program without os.exec being called (preexec_fn), which a timer would kill.
                self.sampler.guard.give_way()
                self.sampler.mode = "thread"
                self.sampler.threads.start()
        except Exception:  # noqa: BLE001, S110
            self.ended = True


def _innermost(at):
    """Where an exception came from. An interrupt that hit while a sample was taken is shown where the program was."""
    inside = False
    while at is not None and at.tb_next is not None:
        inside = inside or not _ours(at)
        if inside and _ours(at.tb_next):
            at.tb_next = None
        else:
            at = at.tb_next
    return at


def _ours(traceback):
    return os.path.dirname(traceback.tb_frame.f_code.co_filename) == _HERE


def _multiprocessing_child():
    frame = sys._getframe(1)
    while frame is not None:
        if frame.f_code.co_filename.replace("\\", "/").endswith(("multiprocessing/popen_fork.py", "multiprocessing/forkserver.py")):
            return True
        frame = frame.f_back
    return False


def _effects(root):
    try:
        import _hotloop_effects

        return _hotloop_effects.install(_hotloop_effects.Recorder(root))
    except Exception:  # noqa: BLE001
        # A profile without effects is still a profile.
        return None
