"""Writes what was seen to the side file: one JSON object a line, each the increase since the one before, so that a crash loses half a second.

    {"t":"start", "v":1, "pid", "parent", "kind":"main"|"child", "at", "version", "mode", "interval"}
    {"t":"tick", "at", "cpu", "mode", "interval", "taken", "own", "outside", "lock",
     "files":[path..], "codes":[[file, name, first line]..]            new ones; numbered in order from 0
     "lines":[[file, line, python, native, wait, alloc, samples]..], "stacks":[[[code, line, ..], seconds, native, wait]..]   outermost first
     "costs":[[file, line, cpu, long, system, faults]..]     processor time: all, in native calls too long to be anything else, in the kernel; pages made there
     "via":[[file, line, called, running, busy, wait]..]     time in a library: the parts of it that the line called and that ran
     "strays":[[running, busy]..]     in threads of a library's own; whole
     "timeline":[[at, cpu, rss, threads]..], "facts":[[file, name, first line, {name: fact}]..], "effects":[..]}   facts and effects: whole, when changed
    {"t":"end", "at", "cpu", "how", "modules":[path..]}      the user's files that were loaded
`at` is time.monotonic(), the same for all processes of a machine. The json module is not used: the program may have one of its own.
"""
import os
import sys
import time

from _hotloop_deskew import Deskew

try:
    from _json import encode_basestring_ascii as _quoted
except ImportError:  # an interpreter without the accelerator
    from json.encoder import py_encode_basestring_ascii as _quoted

VERSION = 1
MOST_STACKS = 2000
# A busy machine keeps a fifth of the samples waiting wherever they are; a native call of some length keeps most of its own waiting.
OFTEN = 0.4


def dumps(value):
    kind = type(value)
    if kind is str:
        return _quoted(value)
    if value is None:
        return "null"
    if kind is bool:
        return "true" if value else "false"
    if kind is int:
        return int.__repr__(value)
    if kind is float:
        # NaN and infinities have no JSON.
        return "%.9g" % value if value - value == 0.0 else "null"
    if kind is list or kind is tuple:
        return "[" + ",".join([dumps(item) for item in value]) + "]"
    if kind is dict:
        return "{" + ",".join([_quoted(str(key)) + ":" + dumps(item) for key, item in value.items()]) + "}"
    return _quoted(str(value))


class Journal:
    def __init__(self, out, sampler, files, effects, kind):
        """@param out: the side file. @param files: UserFiles. @param effects: an object with rows(), or None."""
        self.out = out
        self.sampler = sampler
        self.files = files
        self.effects = effects
        self.kind = kind
        self.handle = None
        self.numbers = {}
        self.code_numbers = {}
        self.names = {}
        self.deskew = Deskew(sampler.codes)
        self.stacks = set()
        self.effects_seen = 0
        self.shift = time.monotonic() - time.perf_counter()
        self.new_files, self.new_codes = [], []

    # ---- writing
    def _write(self, record):
        if self.handle is None:
            handle = os.open(self.out, os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_CLOEXEC", 0), 0o600)
            self.handle = _out_of_the_way(handle)
            self._start()
        data = (dumps(record) + "\n").encode("ascii")
        while data:
            data = data[os.write(self.handle, data) :]

    def _start(self):
        sampler = self.sampler
        self._write({
            "t": "start", "v": VERSION, "pid": os.getpid(), "parent": os.getppid(), "kind": self.kind, "at": sampler.started + self.shift,
            "version": "%d.%d.%d" % sys.version_info[:3], "mode": sampler.mode, "interval": sampler.interval,
        })  # fmt: skip

    def flush(self, sampler):
        """The increase since the last call."""
        record = {
            "t": "tick", "at": time.monotonic(), "cpu": time.process_time(), "mode": sampler.mode, "interval": sampler.interval,
            "taken": sampler.taken, "own": sampler.own_seconds, "outside": sampler.outside, "lock": sampler.lock_seconds,
        }  # fmt: skip
        samples = sampler.take()
        lines, stacks, costs = self._spread(samples)
        if lines:
            record["lines"] = lines
        if stacks:
            record["stacks"] = stacks
        if costs:
            record["costs"] = costs
        via = self._via(samples)
        if via:
            record["via"] = via
        if sampler.strays:
            record["strays"] = [[self.files.library(name), busy] for name, busy in list(sampler.strays.items())]
        points, sampler.timeline = sampler.timeline, []
        if points:
            record["timeline"] = [[at + self.shift, cpu, rss, threads] for at, cpu, rss, threads in points]
        facts = self._facts(sampler.looks)
        if facts:
            record["facts"] = facts
        if self.effects is not None:
            rows = self.effects.rows()
            seen = sum(row["count"] for row in rows)
            if seen != self.effects_seen:
                self.effects_seen = seen
                record["effects"] = rows
        if self.new_files:
            record["files"], self.new_files = self.new_files, []
        if self.new_codes:
            record["codes"], self.new_codes = self.new_codes, []
        self._write(record)

    def end(self, how):
        self._write({"t": "end", "at": time.monotonic(), "cpu": time.process_time(), "how": how, "modules": self._modules()})

    def _modules(self):
        """The user's files that are loaded."""
        found = set()
        for module in list(sys.modules.values()):
            name = module.__dict__.get("__file__") if type(module) is type(sys) else None
            if type(name) is str and self.files[name]:
                found.add(self.files.path(name))
        return sorted(found)

    def close(self):
        handle, self.handle = self.handle, None
        if handle is not None:
            try:
                os.close(handle)
            except OSError:
                pass

    # ---- from samples to lines and stacks
    def _spread(self, samples):
        deskew = self.deskew
        for (kind, path, _via), entry in samples:
            deskew.learn(kind, path, entry[0])
        lines, stacks, costs = {}, {}, {}
        for (kind, path, _via), (count, wall, cpu, late, wait, lock, alloc, system, faults, tardy, prompt) in samples:
            busy = max(0.0, wall - wait - lock)
            if tardy > OFTEN * (tardy + prompt):
                late += (cpu - late) * tardy / (tardy + prompt)
            late_part = min(1.0, late / cpu) if cpu > 0.0 else 0.0
            short = busy * (1.0 - late_part)
            used = min(cpu, busy)
            kernel = min(1.0, max(0.0, system) / cpu) if cpu > 0.0 else 0.0
            if short > 0.0:
                plan = deskew.plan(kind, path, False)
                self._put(lines, stacks, path, plan, short, 0.0, 0, count)
                self._charge(costs, path, plan, used * (1.0 - late_part), 0.0, kernel, faults * (1.0 - late_part))
            if busy * late_part > 0.0 or wait > 0.0 or alloc:
                plan = deskew.plan(kind, path, True)
                self._put(lines, stacks, path, plan, busy * late_part, wait, alloc, 0 if short > wait else count)
                self._charge(costs, path, plan, used * late_part, used * late_part, kernel, faults * late_part)
        out = [[place[0], place[1], *entry] for place, entry in lines.items()]
        return out, [[list(place), *entry] for place, entry in stacks.items()], [[*place, *entry] for place, entry in costs.items()]

    def _charge(self, costs, path, plan, used, late, kernel, faults):
        for pop, push, line, python, native in plan:
            share = python + native
            place = (self._file(path[2 * pop] if push is None else push), line)
            entry = costs.get(place)
            if entry is None:
                entry = costs[place] = [0.0, 0.0, 0.0, 0.0]
            entry[0] += used * share
            entry[1] += late * share
            entry[2] += used * kernel * share
            entry[3] += faults * share

    def _via(self, samples):
        """Time in libraries, by the line that called them."""
        found = {}
        for (_kind, path, via), entry in samples:
            if via is None:
                continue
            place = (self._file(path[0]), self.deskew.table(path[0]).line(max(path[1], 0)), self.files.library(via[0]), self.files.library(via[1]))
            known = found.get(place)
            if known is None:
                known = found[place] = [0.0, 0.0]
            known[0] += entry[2]
            known[1] += entry[4]
        return [[*place, *entry] for place, entry in found.items()]

    def _put(self, lines, stacks, path, plan, busy, wait, alloc, count):
        for pop, push, line, python, native in plan:
            rest = path[2 * pop :]
            share = python + native
            top = rest[0] if push is None else push
            file = self._file(top)
            entry = lines.get((file, line))
            if entry is None:
                entry = lines[(file, line)] = [0.0, 0.0, 0.0, 0.0, 0.0]
            entry[0] += busy * python
            entry[1] += busy * native
            entry[2] += wait * share
            entry[3] += alloc * share
            entry[4] += count * share
            place = self._stack(rest, push, line)
            cost = stacks.get(place)
            if cost is None:
                cost = stacks[place] = [0.0, 0.0, 0.0]
            cost[0] += (busy + wait) * share
            cost[1] += busy * native
            cost[2] += wait * share

    def _stack(self, path, push, line):
        out = []
        deskew = self.deskew
        for at in range(len(path) - 2, -2, -2):
            key, lasti = path[at], path[at + 1]
            out.append(self._code(key))
            # Without a pushed frame, the innermost is the line that the time was moved to.
            out.append(line if at == 0 and push is None else deskew.table(key).line(max(lasti, 0)))
        if push is not None:
            out.append(self._code(push))
            out.append(line)
        place = tuple(out)
        if place in self.stacks:
            return place
        if len(self.stacks) >= MOST_STACKS:
            # From here on only the outer frames of new paths are told apart, and in the end only the outermost.
            return place[:4] if place[:4] in self.stacks or len(self.stacks) < MOST_STACKS + 200 else place[:2]
        self.stacks.add(place)
        return place

    # ---- numbers for files and codes
    def _file(self, key):
        return self._number(self.sampler.codes[key].co_filename)

    def _number(self, name):
        number = self.numbers.get(name)
        if number is None:
            path = self.files.path(name)
            number = self.numbers.get(path)
            if number is None:
                number = self.numbers[path] = len(set(self.numbers.values()))
                self.new_files.append(path)
            self.numbers[name] = number
        return number

    def _code(self, key):
        number = self.code_numbers.get(key)
        if number is None:
            code = self.sampler.codes[key]
            self.new_codes.append([self._file(key), self._qualname(code), code.co_firstlineno])
            number = self.code_numbers[key] = len(self.code_numbers)
        return number

    def _qualname(self, code):
        name = getattr(code, "co_qualname", None)
        if name is not None:
            return name
        known = self.names.get(code.co_filename)
        if known is None:
            known = self.names[code.co_filename] = {}
            try:
                with open(self.files.path(code.co_filename), "rb") as file:
                    _collect(compile(file.read(), code.co_filename, "exec", dont_inherit=True), "", known)
            except (OSError, SyntaxError, ValueError, RecursionError):
                pass
        return known.get((code.co_firstlineno, code.co_name), code.co_name)

    def _facts(self, looks):
        out = []
        changed, looks.changed = looks.changed, set()
        for key in changed:
            facts = dict(looks.found[key])
            if type(key) is tuple:
                if not self.files[key[1]]:
                    continue
                out.append([self._number(key[1]), "<module>", 1, facts])
            else:
                code = self.sampler.codes[key]
                if code.co_name == "<module>":
                    # Together with what the module's functions read of it.
                    looks.found.setdefault(("module", code.co_filename), {}).update(facts)
                    facts = dict(looks.found[("module", code.co_filename)])
                    out.append([self._file(key), "<module>", 1, facts])
                else:
                    out.append([self._file(key), self._qualname(code), code.co_firstlineno, facts])
        return out


def _collect(code, prefix, into):
    """(first line, name) -> qualified name, of every code object in it: what co_qualname says from 3.11 on."""
    into[(code.co_firstlineno, code.co_name)] = prefix + code.co_name if code.co_name != "<module>" else "<module>"
    # Only functions have optimized locals; a class's body is spelt without <locals>.
    function = bool(code.co_flags & 1)
    for inner in code.co_consts:
        if hasattr(inner, "co_code"):
            inside = "" if code.co_name == "<module>" else prefix + code.co_name + (".<locals>." if function else ".")
            _collect(inner, inside, into)


def _out_of_the_way(handle):
    # The program's own files get the numbers that they would get without us.
    try:
        import fcntl
    except ImportError:
        return handle
    moved = fcntl.fcntl(handle, getattr(fcntl, "F_DUPFD_CLOEXEC", 1030), 301)
    os.close(handle)
    return moved
