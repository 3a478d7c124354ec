"""The evidence run: watches the hot loops of a program while it runs, and writes down what was seen.

SPEC["evidence"]: {"loops": [{"number", "file", "form", "line", "column", "names": [read or written], "writes": [..], "last": [names of lists
that trips append to], "gathers": [{"name", "startLine", "endLine"}], "calls": [names of functions whose repeated arguments count],
"shadow": bool, "order": {"names": [..], "appends": [..]} | null}], "files": [the program's own files], "result": path, "endEarly": bool,
"seconds": what may be spent at most}. Lines from 1, columns from 0 in UTF-16 units.

Every hook is guarded: on an error of its own the whole of it switches itself off and leaves a note. Standard library only, CPython 3.8 and later.
"""
import builtins
import os
import sys
import time
from _thread import get_ident

import _hotloop_evidence_tree as tree
from _hotloop_evidence_calls import Calls
from _hotloop_evidence_loops import Clocks, LoopWatch
from _hotloop_evidence_order import Order
from _hotloop_evidence_shadow import LoopShadow, Shadow
from _hotloop_journal import dumps
from _hotloop_launch import transform_sources

MOST_NOTES = 20
WRITE_EVERY = 1.0
clock = time.perf_counter


class Run:
    """All that is watched in this process."""

    def __init__(self, spec):
        self.spec = spec
        self.path = spec["result"]
        self.pid = os.getpid()
        # The plain one: the program's own is made to write first.
        self.exit = os._exit
        self.main = get_ident()
        self.clocks = Clocks()
        self.notes = []
        self.failed = self.early = self.released = False
        # Wall time that the instrument took so far: in slow paths, by the clock; in fast ones, by their number.
        self.spent = 0.0
        self.begun = self.written = clock()
        self.pickling = 2.0
        # How many loops want every access to be told; read by the program's own copy of a body.
        self.close = 0
        self.events = 0
        self.trip_cost = self.event_cost = 0.0
        self.shadow = None
        self.calls = Calls(self)
        self.loops = [LoopWatch(loop, self) for loop in spec["loops"]]
        self.calibrate()

    def note(self, text):
        if text not in self.notes and len(self.notes) < MOST_NOTES:
            self.notes.append(text)

    def fail(self, error):
        """Something of ours went wrong: from here on nothing is watched."""
        if isinstance(error, RecursionError):
            # The program is about to meet the same end. Before 3.11 an interpreter whose stack ran over once must unwind, or it aborts.
            if sys.version_info < (3, 11):
                raise error
            return
        if self.failed:
            return
        self.failed = True
        frame = error.__traceback__
        while frame is not None and frame.tb_next is not None:
            frame = frame.tb_next
        self.note("the watching stopped by an error of its own: %s (%s:%s)" % (type(error).__name__, os.path.basename(frame.tb_frame.f_code.co_filename) if frame else "", frame.tb_lineno if frame else ""))
        self.quiet()

    def cost(self):
        """Wall seconds that the instrument took up to now."""
        return self.spent + self.events * self.event_cost + sum([loop.trips for loop in self.loops]) * self.trip_cost

    def calibrate(self):
        """What the fast path costs a trip, the program's own call of it included."""
        probe = LoopWatch({"number": -1, "names": [], "writes": [], "last": []}, self)
        probe.due = 1 << 60
        trip = trip_hook(self, probe)
        empty = []
        best = 1.0
        for _ in range(5):
            begun = clock()
            for _ in range(2000):
                trip()
            middle = clock()
            for _ in range(2000):
                pass
            best = min(best, (2 * middle - begun - clock()) / 2000)
            empty.append(best)
        self.trip_cost = max(best, 0.0)

    # -------------------------------------------------- while the program runs
    def turn(self):
        """Called in slow paths: writes now and then, and ends the run when enough was seen or it takes too long."""
        now = clock()
        if now - self.written > WRITE_EVERY:
            self.write()
        if get_ident() != self.main or self.released:
            return
        if now - self.begun > self.spec["seconds"] or (self.loops and all([loop.enough() for loop in self.loops]) and self.calls.enough()):
            self.early = True
            if self.spec["endEarly"]:
                self.end()
                self.exit(0)
            self.release()

    def release(self):
        """Enough was seen of a run that has to come to its own end: what is left of the hooks costs next to nothing."""
        self.released = True
        self.quiet()
        for loop in self.loops:
            number = loop.spec["number"]
            # Falsy and truthy, made in C.
            setattr(builtins, tree.TRIP % number, clock if loop.clause else int)
            setattr(builtins, tree.ENTER % number, int)
            setattr(builtins, tree.LEAVE % number, int)
        setattr(builtins, tree.WATCHED, int)

    def quiet(self):
        """Leaves the program alone for the rest of its run."""
        self.close = 0
        self.events = 0
        if self.shadow is not None:
            self.shadow.stop()
        for loop in self.loops:
            loop.due = 1 << 62
            loop.done = True
            if loop.watch is not None:
                loop.watch.finish()

    def end(self):
        """The program is over."""
        self.write()
        if os.getpid() == self.pid:
            for loop in self.loops:
                if loop.watch is not None and loop.watch.order is not None:
                    loop.watch.order.end()

    def write(self):
        if os.getpid() != self.pid:
            return
        self.written = clock()
        try:
            rows = []
            for loop in self.loops:
                row = loop.row()
                row["early"] = self.early
                row["repeats"] = self.calls.rows(loop.spec["calls"])
                if loop.watch is not None:
                    row.update(loop.watch.row())
                rows.append(row)
            text = dumps({"loops": rows, "notes": self.notes})
            partial = self.path + ".part"
            handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with open(handle, "w", encoding="utf-8") as file:
                file.write(text)
            os.replace(partial, self.path)
        except Exception as error:  # noqa: BLE001
            self.fail(error)
        self.spent += clock() - self.written


def trip_hook(run, loop):
    def trip():
        loop.trips += 1
        if loop.trips >= loop.due:
            loop.step()
        return run.close

    return trip


def clause_hook(run, loop):
    def trip():
        loop.trips += 1
        if loop.trips >= loop.due:
            loop.step()
        return True

    return trip


def hooks(run, loop, clause):
    """The functions that the woven code of a loop calls, by name."""
    number = loop.spec["number"]

    def items(values):
        # Only of clauses that nothing else can be put around: the last entry ends where the next begins.
        loop.leave(2)
        loop.enter()
        return values

    def passed(values):
        if loop.watch is not None:
            return loop.watch.items(values)
        return values

    def built(_, value):
        loop.leave(2)
        return value

    return {
        tree.TRIP % number: clause_hook(run, loop) if clause else trip_hook(run, loop),
        tree.ENTER % number: loop.enter,
        tree.LEAVE % number: loop.leave,
        tree.ITEMS % number: items if clause else passed,
        tree.BUILT % number: built,
    }


def _transformation(run, path, loops, names):
    """@param names: of the functions that are followed; None where accesses are not watched."""

    def transform(module):
        try:
            return woven(module)
        except Exception as error:  # noqa: BLE001
            run.fail(error)
            return None

    def woven(module):
        import ast

        lines = _read(path).replace(b"\xef\xbb\xbf", b"", 1).split(b"\n")
        found = tree.find(module, loops, lines)
        for number in {loop["number"] for loop in loops} - set(found.loops.values()) - {one[0] for one in found.clauses.values()}:
            run.loops[number].note("Its place in the program could not be watched.")
            run.loops[number].done = True
        for number in found.lazy:
            run.loops[number].watch = None
        counted = {}
        callees = {name for loop in run.spec["loops"] for name in loop["calls"]}
        followed = set()
        for node in ast.walk(module):
            if isinstance(node, ast.FunctionDef) and node.name in callees and node.lineno in run.spec["functions"].get(path, ()):
                counted[id(node)] = run.calls.add(path, node)
            if names is not None and isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name in names:
                for part in ast.walk(node):
                    if isinstance(part, (ast.FunctionDef, ast.AsyncFunctionDef)):
                        followed.add(part.name)
        accesses = None
        if names is not None:
            accesses = run.shadow.accesses(path, module, loops)
            run.shadow.followed |= {(path, name) for name in followed}
        weaver = tree.Weaver(found, accesses, lambda node: node.name in followed, counted, lambda name: run.shadow.followed.discard((path, name)))
        made = weaver.visit(module)
        for name, line in accesses.untold if accesses is not None else ():
            run.shadow.never(name, line)
        for number in set(found.loops.values()):
            for name, hook in hooks(run, run.loops[number], False).items():
                setattr(builtins, name, hook)
        for number, _ in list(found.clauses.values()):
            run.loops[number].clause = True
            for name, hook in hooks(run, run.loops[number], True).items():
                setattr(builtins, name, hook)
        return made

    return transform


def begin(spec):
    """Watches from now on, in modules that are compiled from now on. @returns the Run; `end()` it at the end."""
    run = Run(spec)
    for number in range(len(spec["loops"])):
        for name, hook in hooks(run, run.loops[number], False).items():
            setattr(builtins, name, hook)
    setattr(builtins, tree.WATCHED, lambda: run.close)
    if hasattr(os, "register_at_fork"):
        # What a forked worker does is nobody's concern.
        os.register_at_fork(after_in_child=run.quiet)
    by_file = {}
    for loop in spec["loops"]:
        by_file.setdefault(loop["file"], []).append(loop)
    files = {path: by_file.get(path, []) for path in list(by_file) + list(spec["files"])}
    texts = {path: _read(path) for path in files}
    if any([word in text for text in texts.values() for word in (b"__del__", b"weakref")]):
        run.note("When the program's objects go away matters to it, so their accesses were not watched.")
    else:
        run.shadow = Shadow(run)
        names = _reached(files, texts)
        wanted = [loop for loop in run.loops if loop.spec["shadow"]]
        for loop in wanted:
            loop.watch = LoopShadow(run.shadow, loop, run, spec["shadowSeconds"] / len(wanted))
            if loop.spec["order"] is not None:
                loop.watch.order = Order(loop.spec["order"], loop, run)
    transform_sources({path: _transformation(run, path, loops, names if run.shadow is not None else None) for path, loops in files.items()})
    return run


def _read(path):
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return b""


def _reached(files, texts):
    """Names of functions that watched loops may call, directly or not: every function of that name is followed."""
    import ast

    bodies, pending = {}, set()
    for path, loops in files.items():
        try:
            module = ast.parse(texts[path], path)
        except (SyntaxError, ValueError):
            continue
        lines = {loop["line"] for loop in loops}
        for node in ast.walk(module):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                bodies.setdefault(node.name, []).append(node)
            if getattr(node, "lineno", 0) in lines:
                pending |= tree.identifiers([node])
    found = {name for name in bodies if name.startswith("__") and name.endswith("__")}
    for name in list(found):
        pending |= tree.identifiers(bodies[name])
    while pending:
        name = pending.pop()
        if name in bodies and name not in found:
            found.add(name)
            pending |= tree.identifiers(bodies[name]) - found
    return found
