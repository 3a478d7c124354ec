"""Moves a sample back to the instructions that spent its time.

CPython runs signal handlers, and lets other threads in, only at some instructions (the checks of the evaluation loop). So a sample taken
at a check tells of the time since the check before it. `Deskew.plan` spreads it over the instructions between the two, by what they cost.

Where the checks are, found in ceval.c and confirmed by counting where handlers run:
  3.8, 3.9    after nearly every instruction: the sample is where it should be
  3.10        calls, backward jumps, taken conditional jumps, function entry, resumed generators
  3.11        RESUME, JUMP_BACKWARD, POP_JUMP_BACKWARD_IF_*, end of a call to C (specialised ones run in PRECALL)
  3.12, 3.13  RESUME, JUMP_BACKWARD, end of a call to C
Others are not known here: the plain line is taken.

A sample is known by the frames' code and f_lasti only; nothing of the program is run. Standard library only, CPython 3.8 and later.
"""
import sys
from _bisect import bisect_left, bisect_right

import opcode

VERSION = sys.version_info[:2]
CPYTHON = sys.implementation.name == "cpython"
EACH = CPYTHON and VERSION in ((3, 8), (3, 9))
POINTS = CPYTHON and (3, 10) <= VERSION <= (3, 13)
WIDE = VERSION >= (3, 10)
CACHES = VERSION >= (3, 11)

USER, LIBRARY, LIBRARY_ENTRY, CALLBACK = 0, 1, 2, 3
"""What the leaf was: the user's code called by the user's code, a library called by it, a library function just entered, or the user's code called by a library."""

_CALLS = ("CALL", "CALL_FUNCTION", "CALL_METHOD", "CALL_FUNCTION_KW", "CALL_FUNCTION_EX", "CALL_KW")
_ENDS = ("RETURN_VALUE", "RETURN_CONST", "RAISE_VARARGS", "RERAISE", "JUMP_FORWARD", "JUMP_ABSOLUTE", "JUMP_BACKWARD", "JUMP_BACKWARD_NO_INTERRUPT")
_RETURNS = ("RETURN_VALUE", "RETURN_CONST")
_NO_EDGE = ("SETUP_FINALLY", "SETUP_WITH", "SETUP_ASYNC_WITH")
_CHECKS = frozenset(_CALLS + ("JUMP_ABSOLUTE", "YIELD_VALUE") if VERSION == (3, 10) else _CALLS + ("JUMP_BACKWARD", "RESUME"))
_COST = {
    "BINARY_OP": 6, "COMPARE_OP": 4, "BINARY_SUBSCR": 5, "STORE_SUBSCR": 5, "CONTAINS_OP": 5, "FOR_ITER": 4, "LOAD_ATTR": 3, "LOAD_METHOD": 3,
    "BUILD_LIST": 4, "BUILD_TUPLE": 3, "BUILD_MAP": 5, "BUILD_SET": 5, "BUILD_SLICE": 3, "BINARY_SLICE": 5, "STORE_SLICE": 5, "LIST_APPEND": 2,
    "BUILD_STRING": 5, "FORMAT_VALUE": 6, "FORMAT_SIMPLE": 6, "FORMAT_WITH_SPEC": 6, "IMPORT_NAME": 20, "UNPACK_SEQUENCE": 2, "LIST_EXTEND": 10,
    "DICT_UPDATE": 10, "UNARY_NEGATIVE": 3, "STORE_ATTR": 3, "DELETE_SUBSCR": 5, "BEFORE_WITH": 8, "CALL_INTRINSIC_1": 5, "GET_ITER": 3,
}  # fmt: skip
_HEAVY = 3
_CALL_COST = 8
# Bytes of bytecode; larger (generated) code is given its plain lines.
_LARGEST = 24000


def _cost(name):
    if name in _CALLS:
        return _CALL_COST
    return _COST.get(name) or (6 if name.startswith(("BINARY_", "INPLACE_")) else 1)


def _line_table(code):
    """(offsets, lines), sorted."""
    offsets, lines = [], []
    if VERSION >= (3, 10):
        for start, _end, line in code.co_lines():
            if line is not None:
                offsets.append(start)
                lines.append(line)
        return offsets, lines
    line, offset = code.co_firstlineno, 0
    table = code.co_lnotab
    offsets.append(0)
    lines.append(line)
    for index in range(0, len(table) - 1, 2):
        step, jump = table[index], table[index + 1]
        offset += step
        line += jump - 256 if jump >= 128 else jump
        if step == 0 and offsets[-1] == offset:
            lines[-1] = line
        else:
            offsets.append(offset)
            lines.append(line)
    return offsets, lines


class Table:
    """The instructions of one code object and who may run before whom."""

    __slots__ = ("line_offsets", "lines", "offsets", "names", "args", "at_line", "before", "loops", "loop_heads", "tail")

    def __init__(self, code):
        self.line_offsets, self.lines = _line_table(code)
        self.offsets, self.names, self.args, self.at_line = [], [], [], []
        self.before, self.loops, self.loop_heads = [], [], frozenset()
        self.tail = None
        raw = code.co_code
        if len(raw) <= _LARGEST:
            self._read(raw)

    def _read(self, raw):
        offsets, names, args = self.offsets, self.names, self.args
        caches, position, extended = [], 0, 0
        end, names_of, wide_arg = len(raw), opcode.opname, opcode.EXTENDED_ARG
        while position < end:
            op, arg = raw[position], raw[position + 1] | extended
            extended = 0
            if op == wide_arg:
                extended = arg << 8
            elif op == 0 and CACHES:
                caches[-1] += 1
            else:
                offsets.append(position)
                names.append(names_of[op])
                args.append(arg)
                caches.append(0)
            position += 2
        self.at_line = [self.line(offset) for offset in offsets]
        self._connect(raw, caches)

    def _connect(self, raw, caches):
        count = len(self.offsets)
        # For every instruction: those that may run right before it, and whether they jump to it.
        before = [[] for _ in range(count)]
        loops = []
        unit = 2 if WIDE else 1
        for index, name in enumerate(self.names):
            if index + 1 < count and name not in _ENDS:
                before[index + 1].append((index, False))
            op = opcode.opmap.get(name)
            if op is None or name in _NO_EDGE:
                continue
            if op in opcode.hasjrel:
                step = self.args[index] * unit
                target = self.offsets[index] + 2 + 2 * caches[index] + (-step if "BACKWARD" in name else step)
            elif op in opcode.hasjabs:
                target = self.args[index] * unit
            else:
                continue
            to = bisect_left(self.offsets, target)
            if to >= count:
                continue
            if to <= index:
                loops.append((to, index))
            else:
                before[to].append((index, True))
        self.before, self.loops, self.loop_heads = before, loops, frozenset(head for head, _end in loops)

    def loop(self, index):
        """First instruction of the innermost loop around an instruction; -1 outside of all loops."""
        return max((head for head, end in self.loops if head <= index <= end), default=-1)

    def line(self, offset):
        at = bisect_right(self.line_offsets, offset) - 1
        return self.lines[at] if at >= 0 else (self.lines[0] if self.lines else 0)

    def index(self, offset):
        """Of the instruction at f_lasti, which may point into inline caches; -1 before the first."""
        at = bisect_right(self.offsets, offset) - 1
        if CACHES and 0 <= at < len(self.names) - 1 and self.names[at] == "PRECALL":
            return at + 1
        return at

    def name(self, offset):
        at = self.index(offset)
        return self.names[at] if 0 <= at < len(self.names) else ""


class Deskew:
    """Remembers tables, and which function each instruction was seen to enter.

    Codes are named by any hashable key; `codes` maps it to the code object.
    """

    def __init__(self, codes):
        self.codes = codes
        self.tables = {}
        self.callees = {}
        self.entries = {}
        self.own = {}
        self.seen = {}
        self.plans = {}

    def table(self, key):
        table = self.tables.get(key)
        if table is None:
            table = self.tables[key] = Table(self.codes[key])
        return table

    def learn(self, kind, path, count):
        """Takes note of who called whom; to be given all samples of a batch before they are spread."""
        key, lasti = path[0], path[1]
        table = self.table(key)
        place = (key, table.loop(table.index(lasti)))
        self.own[place] = self.own.get(place, 0) + count
        if kind != USER or len(path) < 4 or not (EACH or POINTS) or not self._is_entry(key, lasti):
            return
        caller = self.table(path[2])
        site = (path[2], caller.index(path[3]))
        self.entries[site] = self.entries.get(site, 0) + count
        if self.callees.get(site) != key:
            self.callees[site] = key
            self.plans.clear()
            for table in self.tables.values():
                table.tail = None

    def _is_entry(self, key, lasti):
        """The function was just entered, or a generator resumed by a loop of the caller."""
        if lasti < 0:
            return True
        table = self.table(key)
        index = table.index(lasti)
        name = table.names[index] if 0 <= index < len(table.names) else ""
        return name == "RESUME" or (VERSION == (3, 10) and name == "YIELD_VALUE")

    def plan(self, kind, path, late):
        """How a sample's time is spread: a list of (pop, push, line, python, native), whose shares add up to 1.

        `pop` innermost frames of the path are taken away, then `push` (a code's key or None) is put on top; `line` is of the frame that is then innermost.
        `late`: for time in one long instruction (a native call, a wait) instead of many short ones.
        """
        caller = (path[2], path[3]) if len(path) > 3 else None
        site = (kind, path[0], path[1], caller, late)
        plan = self.plans.get(site)
        if plan is None:
            plan = self._plan(kind, path, late)
            # What is learnt later of callbacks may change it, so the first plans are not kept for ever.
            self.seen[site] = seen = self.seen.get(site, 0) + 1
            if seen > 5:
                self.plans[site] = plan
        return plan

    def _plan(self, kind, path, late):
        key, lasti = path[0], path[1]
        table = self.table(key)
        if kind == LIBRARY or not (EACH or POINTS) or not table.offsets:
            return [(0, None, table.line(max(lasti, 0)), 0.0 if late else 1.0, 1.0 if late else 0.0)]
        if kind == CALLBACK and self._is_entry(key, lasti) and not self._resumed(table, lasti):
            # The library ran until it called back.
            if len(path) > 3:
                return [(1, None, self.table(path[2]).line(max(path[3], 0)), 1.0, 0.0)]
            return self._finish(self._tail(key, 1.0), late, key)
        entered = self._is_entry(key, lasti) and kind == USER and len(path) > 3
        if entered:
            caller = self.table(path[2])
            site = (path[2], caller.index(path[3]))
            resumed = self._resumed(table, lasti)
            name = caller.name(path[3])
            if resumed and name not in ("FOR_ITER", "SEND", "YIELD_FROM"):
                entered = False
            elif not resumed and self._called_from_c(site, (path[2], caller.loop(site[1]))):
                if EACH:
                    return [(0, None, table.at_line[0], 1.0, 0.0)]
                return self._finish(self._tail(key, 1.0), late, key)
            elif EACH or not caller.offsets:
                return [(1, None, caller.line(max(path[3], 0)), 1.0, 0.0)]
            else:
                parts = self._walk(path[2], site[1], late, name in _CALLS)
                return self._finish(parts, late, path[2], pop=1)
        if EACH:
            return self._at(table, key, lasti, late)
        index = max(table.index(lasti), 0)
        if late and kind == USER and table.names[index] in _CALLS and (key, index) not in self.callees:
            # The call itself is what took so long.
            return [(0, None, table.at_line[index], 0.0, 1.0)]
        return self._finish(self._walk(key, index, late, kind == LIBRARY_ENTRY), late, key)

    def _resumed(self, table, lasti):
        index = table.index(lasti)
        if index < 0:
            return False
        name = table.names[index]
        return name == "YIELD_VALUE" or (name == "RESUME" and table.args[index] & 3 == 1)

    def _called_from_c(self, site, place):
        """`sorted(key=f)`, `map(f, ..)`: entered again and again while the calling loop itself never moves on."""
        entries = self.entries.get(site, 0)
        return entries >= 8 and self.own.get(place, 0) < 0.05 * entries

    def _at(self, table, key, lasti, late):
        if lasti < 0:
            return [(0, None, self.codes[key].co_firstlineno, 1.0, 0.0)]
        index = table.index(lasti)
        line = table.at_line[index]
        if late:
            return [(0, None, line, 0.0, 1.0)]
        native = 0.7 if table.names[index] in _CALLS and (key, index) not in self.callees else 0.0
        return [(0, None, line, 1.0 - native, native)]

    def _walk(self, key, end, late, into_call=False):
        """(code, line, cost, native, heavy) of the instructions since the previous check, `end` the last of them."""
        table = self.table(key)
        names, lines = table.names, table.at_line
        weights = {end: 1.0}
        parts = []
        index = end
        while weights and index >= 0:
            weight = weights.pop(index, 0.0)
            if weight < 0.01:
                index -= 1
                continue
            name = names[index]
            callee = self.callees.get((key, index))
            if index == end or name not in _CHECKS:
                if index == end and into_call:
                    parts.append((key, lines[index], weight * 3, 0.0, False))
                elif callee is not None and callee != key:
                    parts.append((key, lines[index], weight * 3, 0.0, False))
                    parts.extend(self._tail(callee, weight))
                    index -= 1
                    continue
                else:
                    cost = _cost(name) * weight
                    native = cost if index == end and name in _CALLS else 0.0
                    parts.append((key, lines[index], cost, native, _cost(name) >= _HEAVY))
            elif index != end:
                if callee is not None and callee != key:
                    parts.append((key, lines[index], weight * 3, 0.0, False))
                    parts.extend(self._tail(callee, weight))
                index -= 1
                continue
            if index in table.loop_heads and index != end and not late:
                index -= 1
                continue
            before = [at for at, jumped in table.before[index] if not (jumped and VERSION == (3, 10) and names[at].startswith("POP_JUMP_IF"))]
            for at in before:
                weights[at] = weights.get(at, 0.0) + weight / len(before)
            index -= 1
        return parts

    def _tail(self, key, weight):
        """What a function does between its last check and its return or yield."""
        table = self.table(key)
        tail = table.tail
        if tail is None:
            ends = [i for i, name in enumerate(table.names) if name in _RETURNS or name == "YIELD_VALUE"]
            if any(table.names[i] == "YIELD_VALUE" for i in ends):
                ends = [i for i in ends if table.names[i] == "YIELD_VALUE"]
            tail = table.tail = []
            # Returns from a recursion follow each other without a check.
            times = 5.0 if any(self.callees.get((key, index)) == key for index in range(len(table.names))) else 1.0
            part = times / max(1, len(ends))
            for end in ends:
                tail.extend((code, line, cost * part, native * part, heavy) for code, line, cost, native, heavy in self._walk(key, end, False))
        return [(code, line, cost * weight, native * weight, heavy) for code, line, cost, native, heavy in tail[:200]]

    def _finish(self, parts, late, frame, pop=0):
        if late:
            parts = [part for part in parts if part[4]] or parts
        merged = {}
        total = 0.0
        for code, line, cost, native, _heavy in parts:
            push = None if code == frame else code
            entry = merged.setdefault((push, line), [0.0, 0.0])
            entry[0] += cost
            entry[1] += cost if late else min(native, cost)
            total += cost
        if total <= 0.0:
            return [(pop, None, self.codes[frame].co_firstlineno, 1.0, 0.0)]
        return [(pop, push, line, (cost - native) / total, native / total) for (push, line), (cost, native) in merged.items()]
