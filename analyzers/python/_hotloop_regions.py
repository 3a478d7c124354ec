"""Times stretches of whole statements and captures names when they are left, by a transformation of the syntax tree.

Line numbers, tracebacks, scopes and closures stay as they are: the statements are put into try/finally, and captured names are read by
plain name in the same scope, so that no local becomes a cell. State is kept here, never in the program's names.
"""
import ast
import json
import os
import sys
import time

from _hotloop_arguments import NAME as ARGUMENTS
from _hotloop_arguments import OtherArguments, mark
from _hotloop_calls import CallWatch
from _hotloop_launch import transform_sources
from _hotloop_values import MOST_FLOATS, capture

FIRST = 20
_ENTER, _BEGIN_LEAVE, _PUT, _LEAVE = "__hotloop_enter__", "__hotloop_begin_leave__", "__hotloop_put__", "__hotloop_leave__"
_CALLS = "__hotloop_calls__"
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_DEFINITIONS = _FUNCTIONS + (ast.ClassDef,)
# What an edit may put beside a function that it changes.
_BESIDE = (ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign)
_BLOCKS = ("body", "orelse", "finalbody")
_notes = []


def note(text):
    """A line for the result: something of ours went wrong, the program went on."""
    if len(_notes) < 20:
        _notes.append(text)


# ---------------------------------------------------------------- transformation
def _start(statement):
    decorators = getattr(statement, "decorator_list", ())
    return min([statement.lineno] + [one.lineno for one in decorators])


def _is_fixed(statement, index):
    """Statements that must stay where they are for their meaning, and those that another region put here."""
    if hasattr(statement, "hotloop"):
        return True
    if isinstance(statement, ast.ImportFrom) and statement.module == "__future__":
        return True
    return index == 0 and isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant) and isinstance(statement.value.value, str)


def _watch_calls(statements, region, within=""):
    """Where a region is nothing but definitions, its time and values are those of the calls: each function gets one more decorator, the outermost."""
    if not all(isinstance(one, _DEFINITIONS + _BESIDE) or hasattr(one, "hotloop") for one in statements):
        return
    for statement in statements:
        if isinstance(statement, ast.ClassDef):
            _watch_calls([one for one in statement.body if isinstance(one, _DEFINITIONS)], region, within + statement.name + ".")
        elif isinstance(statement, _FUNCTIONS):
            watch = ast.Call(ast.Name(_CALLS, ast.Load()), [ast.Constant(region["id"]), ast.Constant(within + statement.name)], [])
            place = statement.decorator_list[0] if statement.decorator_list else statement
            for part in ast.walk(watch):
                ast.copy_location(part, place)
                if hasattr(part, "lineno"):
                    part.end_lineno, part.end_col_offset = part.lineno, part.col_offset
            statement.decorator_list.insert(0, watch)


def _wrapped(statements, region):
    _watch_calls(statements, region)
    first = statements[0]

    def at(node):
        for part in ast.walk(node):
            ast.copy_location(part, first)
            if hasattr(part, "lineno"):
                # One column: nothing of ours may look like a range of the program's text.
                part.end_lineno, part.end_col_offset = part.lineno, part.col_offset
        return node

    def call(name, *arguments):
        return ast.Expr(ast.Call(ast.Name(name, ast.Load()), list(arguments), []))

    final = []
    for name in region["captures"]:
        value = ast.parse(name.strip(), mode="eval").body
        put = call(_PUT, ast.Constant(region["id"]), ast.Constant(name), value)
        handler = ast.ExceptHandler(ast.Name("Exception", ast.Load()), None, [ast.Pass()])
        final.append(ast.Try([put], [handler], [], []))
    final.append(call(_LEAVE, ast.Constant(region["id"])))
    whole = ast.Try([], [], [], [call(_BEGIN_LEAVE, ast.Constant(region["id"]))] + final)
    at(whole)
    whole.body = list(statements)
    whole.end_lineno = statements[-1].end_lineno
    enter = at(call(_ENTER, ast.Constant(region["id"])))
    enter.hotloop = whole.hotloop = True
    return [enter, whole]


def _wrap_in(block, region):
    start, end = region["startLine"], region["endLine"]
    inside = [
        index
        for index, statement in enumerate(block)
        if _start(statement) >= start and statement.end_lineno <= end and not _is_fixed(statement, index)
    ]
    if inside:
        first, last = inside[0], inside[-1] + 1
        block[first:last] = _wrapped(block[first:last], region)
        return True
    return False


def _blocks(node):
    for name in _BLOCKS:
        block = getattr(node, name, None)
        if isinstance(block, list) and block and isinstance(block[0], ast.stmt):
            yield block
    for part in list(getattr(node, "handlers", ())) + list(getattr(node, "cases", ())):
        yield part.body


def _wrap_whole(node, region):
    """Wraps the outermost runs of statements that lie within the lines. True when there was one."""
    found = False
    for block in _blocks(node):
        # Of blocks with nothing whole inside, the statements that reach into the lines are looked into.
        if _wrap_in(block, region):
            found = True
            continue
        for statement in block:
            if _start(statement) <= region["endLine"] and statement.end_lineno >= region["startLine"]:
                found = _wrap_whole(statement, region) or found
    return found


def _wrap_around(node, region):
    """Lines that are only part of a statement: the smallest statement around them."""
    for block in _blocks(node):
        for index, statement in enumerate(block):
            if _start(statement) <= region["startLine"] and statement.end_lineno >= region["endLine"]:
                if not _wrap_around(statement, region) and not _is_fixed(statement, index):
                    block[index : index + 1] = _wrapped([statement], region)
                return True
    return False


def _transformation(regions, marks):
    def transform(tree):
        if marks:
            mark(tree, regions)
        # The largest first, so that a region within another is found inside the wrapped one.
        for region in sorted(regions, key=lambda one: one["startLine"] - one["endLine"]):
            if not _wrap_whole(tree, region) and not _wrap_around(tree, region):
                note("no statement at lines %d to %d" % (region["startLine"], region["endLine"]))
        return tree

    return transform


# ---------------------------------------------------------------- observation
class _State:
    def __init__(self):
        self.entries = 0
        self.exits = 0
        self.seconds = 0.0
        self.begins = []
        self.results = []
        self.pending = None
        self.values = []
        self.left = MOST_FLOATS


class Observer:
    """Watches regions of this process. `write` may be called at any time; the last one counts."""

    def __init__(self, regions, path):
        """@param regions: [{"id", "file", "startLine", "endLine", "captures"}], lines from 1. @param path: the result file."""
        self.path = path
        self.pid = os.getpid()
        self.states = {region["id"]: _State() for region in regions}
        self.calls = CallWatch()
        self.arguments = None
        # Time that capturing took, which no region is charged with.
        self.spent = 0.0
        self.written = time.monotonic()

    def enter(self, name):
        try:
            state = self.states[name]
            state.entries += 1
            state.begins.append((time.perf_counter() - self.spent - self.calls.spent, sys.exc_info()[1]))
        except Exception as error:  # noqa: BLE001
            note(repr(error))

    def begin_leave(self, name):
        now = time.perf_counter()
        try:
            state = self.states[name]
            begin, handled = state.begins.pop()
            state.seconds += now - self.spent - self.calls.spent - begin
            state.exits += 1
            error = sys.exc_info()[1]
            state.values = []
            state.error = None if error is None or error is handled else type(error).__name__
        except Exception as error:  # noqa: BLE001
            note(repr(error))
        self.began = now

    def put(self, name, captured, value):
        try:
            state = self.states[name]
            if state.exits > FIRST:
                state.values.append((captured, value))
                return
            seen = capture(captured, value, max(1000, state.left))
            state.left -= min(seen["floatCount"], MOST_FLOATS)
            state.values.append(seen)
        except Exception as error:  # noqa: BLE001
            note(repr(error))

    def leave(self, name):
        try:
            state = self.states[name]
            row = {"entry": state.exits, "error": state.error, "values": state.values}
            state.values = []
            if state.exits > FIRST:
                # Which one is the last is known at the end: until then it is held, and described then.
                state.pending = row
            else:
                state.results.append(row)
            if time.monotonic() - self.written > 1:
                self.write(final=False)
            self.spent += time.perf_counter() - self.began
        except Exception as error:  # noqa: BLE001
            note(repr(error))

    def rows(self, final=True):
        found = []
        for name, state in list(self.states.items()):
            exits = list(state.results)
            if final and state.pending is not None:
                values = [one if isinstance(one, dict) else capture(one[0], one[1], max(1000, state.left)) for one in state.pending["values"]]
                exits.append(dict(state.pending, values=values))
            calls = self.calls.rows(name)
            took = sum(log["seconds"] for log in calls) if calls else state.seconds
            found.append({"id": name, "entries": state.entries, "seconds": took, "exits": exits, "calls": calls})
        return found

    def write(self, final=True):
        if os.getpid() != self.pid:
            return
        self.written = time.monotonic()
        try:
            changed = None if self.arguments is None else self.arguments.calls
            partial = self.path + ".part"
            handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with open(handle, "w") as file:
                json.dump({"regions": self.rows(final), "notes": _notes, "changedCalls": changed}, file)
            os.replace(partial, self.path)
        except Exception as error:  # noqa: BLE001
            note(repr(error))


def observe(regions, path, arguments=None):
    """Observes the regions from now on, in modules that are compiled from now on.

    @param arguments: what the functions that hold the regions get in place of their own (see OtherArguments); None: their own. @returns the Observer.
    """
    import builtins

    observer = Observer(regions, path)
    if arguments is not None:
        observer.arguments = OtherArguments(**arguments)
        setattr(builtins, ARGUMENTS, observer.arguments.decorator)
    setattr(builtins, _ENTER, observer.enter)
    setattr(builtins, _BEGIN_LEAVE, observer.begin_leave)
    setattr(builtins, _PUT, observer.put)
    setattr(builtins, _LEAVE, observer.leave)
    setattr(builtins, _CALLS, observer.calls.decorator)
    if hasattr(os, "register_at_fork"):
        # A forked worker goes on with the transformed code: what it does there is nobody's concern.
        def quiet():
            for name in (_ENTER, _BEGIN_LEAVE, _PUT, _LEAVE):
                setattr(builtins, name, lambda *_: None)
            observer.calls.stop()

        os.register_at_fork(after_in_child=quiet)
    files = {}
    for region in regions:
        files.setdefault(region["file"], []).append(region)
    transform_sources({file: _transformation(own, arguments is not None) for file, own in files.items()})
    return observer
