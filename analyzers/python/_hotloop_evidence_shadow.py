"""Which trips of a loop touch the same thing: a shadow of every list, dict, array and object that the first trips read or write.

A thing that a trip makes is its own. What cannot be followed (a library's own state) is said, and then the trips do not count as watched.
No code of the program runs in here: keys are compared only where they are plain values, and nothing is asked of an object but its identity.
"""
import builtins
import sys
import time
from _thread import get_ident

import _hotloop_evidence_access as access
from _hotloop_evidence_judge import LEAVES, LENGTH, WHOLE, Judge
from _hotloop_facts import module_of, name_of

MOST_TRIPS = 3000
MOST_CELLS = 200000
MOST_WITNESSES = 8
MOST_MUTATED = 20
_MANY = 4096
clock = time.perf_counter


class Unkeyed(Exception):
    """An index that cannot be told from others without running code of the program."""


def plain_key(key):
    kind = type(key)
    if kind in LEAVES and kind is not range:
        return key
    if kind is tuple:
        return tuple([plain_key(one) for one in key])
    if module_of(kind) == "numpy" and name_of(kind).startswith(("int", "uint", "float", "bool", "str_")):
        return key.item()
    if kind is frozenset and all(type(one) in LEAVES for one in key):
        return key
    # An enumeration's members and others that compare by identity.
    if kind.__hash__ is object.__hash__ if type(kind) is type else False:
        return (Unkeyed, id(key))
    raise Unkeyed()


class Cell:
    """One object: which trips wrote, read and gathered into its parts last. Holding the object keeps its identity its own."""

    __slots__ = ("held", "parts", "last", "before", "whole_wrote", "whole_read")

    def __init__(self, held):
        self.held = held
        # key -> [last write, last read, last gathering], each (trip, site)
        self.parts = {}
        # The same of any part, and of any part in a trip before that one.
        self.last = [None, None, None]
        self.before = [None, None, None]
        self.whole_wrote = self.whole_read = None

    def touched(self, slot, here):
        last = self.last[slot]
        if last is not None and last[0] != here[0]:
            self.before[slot] = last
        self.last[slot] = here

    def earlier(self, slot, trip):
        last = self.last[slot]
        return self.before[slot] if last is not None and last[0] == trip else last

    def written_before(self, trip):
        """A part whose last write was in another trip: one that this trip has written anew all over has none."""
        found = self.earlier(0, trip)
        if found is None or len(self.parts) > _MANY:
            return found
        return next((part[0] for part in self.parts.values() if part[0] is not None and part[0][0] != trip), None)


class LoopShadow:
    """Of one loop: on for its first trips."""

    def __init__(self, shadow, loop, run, budget):
        self.shadow, self.loop, self.run = shadow, loop, run
        self.left = budget
        self.on = False
        self.over = False
        self.trip = -1
        self.trips = 0
        self.serial = 0
        self.cells = {}
        self.count = 0
        self.witnesses = {}
        self.mutated = {}
        self.blind = {}
        self.began = 0.0
        self.privates = frozenset(loop.spec["privates"])
        self.random_state = None
        self.watched = self.random = self.effects = 0
        self.effect_count = 0
        self.iterated = None
        self.order = None
        self.drawn = None

    # -------------------------------------------------- trips
    def items(self, values):
        self.iterated = values if type(values) in (list, dict, set) else None
        if self.order is None or self.order.over or len(self.loop.stack) != 1:
            return values
        try:
            return self.order.items(values, sys._getframe(2))
        except Exception as error:  # noqa: BLE001
            self.run.fail(error)
            return values

    def begin(self, trip, frame):
        """A trip begins; the one before it, where there was one, is over."""
        if self.over:
            return
        now = clock()
        if self.on:
            self._ended()
            self.left -= now - self.began
        if self.trips >= MOST_TRIPS or self.left <= 0 or self.count > MOST_CELLS:
            self.finish()
            return
        self.on = True
        self.trip = trip
        self.trips += 1
        self.began = now
        shadow = self.shadow
        if self not in shadow.active:
            shadow.active.append(self)
            self.cells = {}
            self.count = 0
        if len(shadow.active) == 1:
            shadow.born.clear()
            del shadow.stack[:]
        shadow.serial += 1
        self.serial = shadow.serial
        self.run.close = len(shadow.active)
        self.drawn = shadow.random_state() if self.trips <= 200 or not self.trips & 15 else None
        self.effect_count = shadow.effects
        if self.iterated is not None:
            # The next item is taken from it by the loop itself.
            shadow.touch_in(self, self.iterated, WHOLE, access.LOAD, shadow.site_of_loop(self.loop))

    def _ended(self):
        self.watched += 1
        if self.drawn is not None and self.shadow.random_state() != self.drawn:
            self.random += 1
        if self.shadow.effects != self.effect_count:
            self.effects += 1

    def end(self, frame):
        """The loop is left."""
        if self.on:
            self._ended()
            self.left -= clock() - self.began
        self.pause()
        self.cells = {}
        if self.order is not None:
            self.order.left(frame)

    def pause(self):
        self.on = False
        if self in self.shadow.active:
            self.shadow.active.remove(self)
        self.run.close = len(self.shadow.active)

    def finish(self):
        self.over = True
        self.pause()
        self.cells = {}

    def finished(self):
        return self.over and (self.order is None or self.order.over or self.loop.entries > 20)

    # -------------------------------------------------- what was found
    def conflict(self, kind, first, second, what):
        if first is None or first[0] == second[0]:
            return
        key = (kind, first[1].line, second[1].line, what.partition("[")[0])
        if key in self.witnesses or len(self.witnesses) >= 4 * MOST_WITNESSES:
            return
        self.witnesses[key] = {"kind": kind, "what": what[:80], "first": {"trip": first[0], "line": first[1].line}, "second": {"trip": second[0], "line": second[1].line}}

    def unseen(self, what, line):
        if len(self.blind) < 6:
            self.blind.setdefault(what, line)

    def row(self):
        order = {"flow": 0, "anti": 1, "output": 2}
        found = sorted(self.witnesses.values(), key=lambda one: order[one["kind"]])[:MOST_WITNESSES]
        notes = list(self.loop.notes)
        for what, line in self.blind.items():
            notes.append("What %s (line %d) does with things of its own could not be followed, so the trips do not count as watched." % (what, line))
        row = {
            "watched": self.watched,
            "random": self.random,
            "effects": self.effects,
            "shadowed": 0 if self.blind else self.watched,
            "witnesses": found,
            "mutated": [{"name": name, "line": line} for (name, line) in list(self.mutated)[:MOST_MUTATED]],
            "notes": notes,
        }
        if self.order is not None:
            row["reordered"] = self.order.rows()
            notes.extend(self.order.notes)
        return row


class Shadow:
    """All watched loops of the process, and the hooks that the program's close copies call."""

    def __init__(self, run):
        self.run = run
        self.main = get_ident()
        self.sites = []
        self.active = []
        self.born = {}
        self.serial = 0
        self.stack = []
        self.class_attributes = {}
        self.effects = 0
        self.followed = set()
        self.judge = Judge(self)
        self.own_files = frozenset(run.spec["files"])
        self._loop_sites = {}
        self._spaces = {}
        self.plain = plain_key
        for name, hook in self.hooks().items():
            setattr(builtins, name, hook)
        self._watch_effects()

    def stop(self):
        for watch in list(self.active):
            watch.finish()

    def never(self, name, line):
        for loop in self.run.loops:
            if loop.watch is not None:
                loop.watch.unseen(name, line)

    def site_of_loop(self, loop):
        site = self._loop_sites.get(loop)
        if site is None:
            site = self._loop_sites[loop] = access.Site(loop.spec["line"], "what the loop goes over", access.LOAD, None, None, loop.spec["file"])
        return site

    # -------------------------------------------------- random numbers and effects
    @staticmethod
    def random_state():
        found = []
        module = sys.modules.get("random")
        inst = getattr(module, "_inst", None)
        if inst is not None and type(inst) is getattr(module, "Random", None):
            try:
                import _random

                found.append(_random.Random.getstate(inst))
            except Exception:  # noqa: BLE001
                return None
        legacy = sys.modules.get("numpy.random.mtrand")
        shared = getattr(legacy, "_rand", None)
        if shared is not None and name_of(type(shared)) == "RandomState":
            state = shared.get_state(legacy=False)
            inner = state["state"]
            found.append((inner.get("pos"), inner["key"][:4].tobytes() if "key" in inner else repr(inner)))
        return found

    def _watch_effects(self):
        names = frozenset(("os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate", "socket.connect", "socket.sendto", "socket.sendmsg", "subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "sqlite3.connect", "os.kill", "os.chdir", "os.putenv", "shutil.rmtree"))  # fmt: skip

        def hook(event, arguments):
            if not self.active:
                return
            if event in names:
                self.effects += 1
            elif event == "open" and len(arguments) > 1 and type(arguments[1]) is str and not set("wax+").isdisjoint(arguments[1]):
                self.effects += 1

        sys.addaudithook(hook)

    # -------------------------------------------------- the shadow itself
    def touch(self, thing, key, kind, site):
        born = self.born.get(id(thing), -1)
        for watch in self.active:
            if born < watch.serial:
                self.touch_in(watch, thing, key, kind, site)

    def touch_in(self, watch, thing, key, kind, site):
        cell = watch.cells.get(id(thing))
        if cell is None:
            cell = watch.cells[id(thing)] = Cell(thing)
            watch.count += 1
        here = (watch.trip, site)
        if kind != access.LOAD and len(watch.mutated) < MOST_MUTATED:
            watch.mutated.setdefault((site.text.partition("[")[0], site.line), True)
        reads, writes = kind != access.STORE and kind != access.DELETE, kind != access.LOAD
        if key is WHOLE:
            part = (cell.whole_wrote, cell.whole_read, None)
            wrote, read, gathered = cell.written_before(watch.trip), cell.earlier(1, watch.trip), cell.earlier(2, watch.trip)
            what = site.text
        else:
            part = cell.parts.get(key)
            if part is None:
                part = cell.parts[key] = [None, None, None]
                watch.count += 1
            wrote, read, gathered = part
            what = self.what(site, key)
        # What this trip has made anew as a whole, it does not take from another.
        own = cell.whole_wrote is not None and cell.whole_wrote[0] == watch.trip
        if site.gather is not None:
            for other in (wrote, read, cell.whole_wrote, cell.whole_read):
                watch.conflict("flow", other, here, what)
        else:
            if reads and not own:
                for other in (wrote, gathered, cell.whole_wrote):
                    watch.conflict("flow", other, here, what)
            if writes:
                for other in (read, cell.whole_read):
                    watch.conflict("anti", other, here, what)
                for other in (wrote, gathered, cell.whole_wrote):
                    watch.conflict("output", other, here, what)
        slots = (2,) if site.gather is not None else (1, 0) if reads and writes else (1,) if reads else (0,)
        for slot in slots:
            cell.touched(slot, here)
            if key is not WHOLE:
                part[slot] = here
            elif slot == 0:
                cell.whole_wrote = here
            elif slot == 1:
                cell.whole_read = here

    @staticmethod
    def what(site, key):
        if site.attribute is not None:
            return site.text if site.attribute == site.text else "%s.%s" % (site.text, site.attribute)
        if key is LENGTH:
            return site.text
        if type(key) is tuple and key and key[0] is Unkeyed:
            return site.text + "[..]"
        if type(key) is tuple and key and key[0] == "byte":
            return site.text + "[..]"
        text = repr(key)
        return "%s[%s]" % (site.text, text if len(text) <= 24 else "..")

    def part(self, thing, key, kind, site):
        """`thing[key]` is read or written."""
        t = type(thing)
        if t in LEAVES or t is tuple:
            return
        if t is list:
            if type(key) is slice:
                self.touch(thing, WHOLE, kind, site)
                return
            if module_of(type(key)) == "numpy":
                key = key.item() if name_of(type(key)).startswith(("int", "uint")) else None
            if type(key) is not int and type(key) is not bool:
                return
            if key < 0:
                key += list.__len__(thing)
                self.touch(thing, LENGTH, access.LOAD, site)
            if kind == access.DELETE:
                self.touch(thing, WHOLE, access.AUGMENT, site)
                return
            self.touch(thing, key, kind, site)
        elif t is dict or t is bytearray or module_of(t) == "collections":
            try:
                key = plain_key(key) if type(key) is not slice else WHOLE
            except Unkeyed:
                key = WHOLE
            if kind == access.LOAD and name_of(t) in ("defaultdict", "Counter") and key is not WHOLE and name_of(t) == "defaultdict":
                # A missing key is put there by being read.
                try:
                    kind = access.LOAD if dict.__contains__(thing, key) else access.AUGMENT
                except Exception:  # noqa: BLE001
                    pass
            self.touch(thing, key, kind, site)
        elif module_of(t) == "numpy" and name_of(t) == "ndarray":
            self.array(thing, key, kind, site)
        elif module_of(t) == "numpy":
            return
        elif self.judge.follows_method(t, "__getitem__" if kind == access.LOAD else "__setitem__"):
            return
        else:
            self.unseen("%s[..]" % site.text, site)

    def array(self, thing, key, kind, site):
        base = thing
        while type(base.base) is type(thing):
            base = base.base
        if base.base is not None:
            self.unseen("%s, whose memory belongs to something else," % site.text, site)
            return
        born = self.born.get(id(base), -1)
        if all(born >= watch.serial for watch in self.active):
            return
        if key is WHOLE:
            part = thing
        else:
            keys = key if type(key) is tuple else (key,)
            plain = all(type(one) in (int, slice, type(None), type(Ellipsis)) or name_of(type(one)).startswith(("int", "uint")) for one in keys)
            if not plain:
                part = thing
            elif len(keys) == thing.ndim and all(type(one) is not slice and one is not None and one is not Ellipsis for one in keys):
                offset = thing.ctypes.data - base.ctypes.data if thing is not base else 0
                for one, stride, size in zip(keys, thing.strides, thing.shape):
                    one = int(one)
                    offset += (one + size if one < 0 else one) * stride
                self.touch(base, ("byte", offset), kind, site)
                return
            else:
                try:
                    part = thing[key]
                except Exception:  # noqa: BLE001
                    return
        if part is base or part.size > _MANY:
            # A large part of a larger array may or may not meet another one.
            if part.size * 2 >= base.size or part is thing:
                self.touch(base, WHOLE, kind, site)
            else:
                self.unseen("%s, a large part of an array," % site.text, site)
            return
        offset = part.ctypes.data - base.ctypes.data
        offsets = [offset]
        for size, stride in zip(part.shape, part.strides):
            offsets = [one + step * stride for one in offsets for step in range(size)]
        for one in offsets:
            self.touch(base, ("byte", one), kind, site)

    def whole(self, thing, kind, site, depth=0, seen=None):
        """All of a thing is read or written by something that is not watched itself."""
        t = type(thing)
        if t in LEAVES:
            return
        if t in (list, dict, set, bytearray) or module_of(t) == "collections":
            self.touch(thing, WHOLE, kind, site)
            if kind != access.LOAD and depth == 0 and kind == access.STORE:
                return
        elif t is tuple or t is frozenset:
            pass
        elif module_of(t) == "numpy" and name_of(t) == "ndarray":
            self.array(thing, WHOLE, kind, site)
            return
        else:
            return
        if kind != access.LOAD:
            return
        # What is in it is read with it.
        seen = set() if seen is None else seen
        if len(seen) > 500:
            self.unseen("%s, a large nested value," % site.text, site)
            return
        inner = dict.values(thing) if isinstance(thing, dict) else thing
        if t in (list, tuple) and len(thing) > 50 and {type(one) for one in thing} <= LEAVES:
            return
        for one in inner:
            if type(one) in LEAVES or id(one) in seen:
                continue
            seen.add(id(one))
            self.whole(one, kind, site, depth + 1, seen)
            if len(seen) > 500:
                return

    def unseen(self, what, site):
        for watch in self.active:
            watch.unseen(what, site.line)

    def fresh(self, value):
        self.serial += 1
        self.born[id(value)] = self.serial

    # -------------------------------------------------- hooks
    def hooks(self):
        stack, sites, judge, run = self.stack, self.sites, self.judge, self.run
        active = self.active
        main = self.main
        baseline = [0]
        getrefcount = sys.getrefcount

        def ready():
            if not active:
                return False
            if get_ident() != main:
                for watch in list(active):
                    watch.unseen("another thread", watch.loop.spec["line"])
                return False
            run.events += 1
            return True

        def guarded(function):
            def hook(value, *rest):
                if active and ready():
                    try:
                        function(value, *rest)
                    except Exception as error:  # noqa: BLE001
                        run.fail(error)
                return value

            return hook

        def pop(number):
            while stack:
                top = stack.pop()
                if top[0] == number:
                    return top
            return None

        @guarded
        def object_(value, number):
            stack.append((number, value))

        @guarded
        def key(value, number):
            top = pop(number)
            if top is not None:
                self.part(top[1], value, sites[number].kind, sites[number])

        @guarded
        def attribute(value, number):
            site = sites[number]
            t = type(value)
            if t in LEAVES or t is list or t is dict or t is tuple or module_of(t) == "numpy":
                return
            name = site.attribute
            if t is type(sys):
                file = value.__dict__.get("__file__")
                if file in self.own_files or site.kind != access.LOAD:
                    self.touch(value.__dict__, name, site.kind, site)
                return
            if type in type.__dict__["__mro__"].__get__(t) and site.kind != access.LOAD:
                self.class_attributes.setdefault(name, []).append(value)
            if not judge.own_class(t) and site.kind == access.LOAD:
                return
            self.touch(value, name, site.kind, site)
            if site.kind == access.LOAD and name in self.class_attributes:
                for one in self.class_attributes[name]:
                    if one is not value:
                        self.touch(one, name, access.LOAD, site)

        @guarded
        def callee(value, number):
            stack.append((number, value, []))

        def given(value, name, text):
            if active and stack:
                top = stack[-1]
                if len(top) == 3:
                    top[2].append((name, value, text))
            return value

        def result(value, number):
            if active and ready():
                try:
                    top = pop(number)
                    new = type(value) not in LEAVES and getrefcount(value) <= baseline[0]
                    if top is not None:
                        new = judge.called(top[1], top[2], value, sites[number]) or new
                    if new and type(value) not in LEAVES:
                        self.fresh(value)
                except Exception as error:  # noqa: BLE001
                    run.fail(error)
            return value

        def probe(value, number):
            if number == 0:
                try:
                    baseline[0] = getrefcount(value)
                except Exception:  # noqa: BLE001
                    pass
            return value

        space = {"probe": probe, "make": lambda: []}
        exec(compile("def f():\n    x = probe(make(), 0)\n    return x\nf()", "<hotloop>", "exec"), space)

        @guarded
        def fresh(value):
            t = type(value)
            if t in (list, dict, set) or (module_of(t) == "numpy" and name_of(t) == "ndarray" and value.base is None):
                self.fresh(value)

        @guarded
        def copied(value):
            if type(value) in (list, bytearray):
                self.fresh(value)

        @guarded
        def each(value, number):
            judge.iterated(value, sites[number])

        @guarded
        def left(value, number):
            stack.append((number, value))

        @guarded
        def in_(value, number):
            top = pop(number)
            site = sites[number]
            t = type(value)
            if top is not None and (t is dict or t is set or module_of(t) == "collections"):
                try:
                    self.touch(value, plain_key(top[1]), access.LOAD, site)
                    return
                except Unkeyed:
                    pass
            self.whole(value, access.LOAD, site)

        @guarded
        def operand(value, number):
            if type(value) not in LEAVES:
                self.whole(value, access.LOAD, sites[number])

        def named(value, number):
            if active and ready():
                try:
                    self.named(sites[number], access.LOAD)
                except Exception as error:  # noqa: BLE001
                    run.fail(error)
            return value

        def put(value, number):
            if active and ready():
                try:
                    self.named(sites[number], sites[number].kind)
                except Exception as error:  # noqa: BLE001
                    run.fail(error)
            return value

        def changed(held, value, number):
            if active and ready():
                try:
                    if type(held) not in LEAVES:
                        self.whole(held, access.AUGMENT, sites[number])
                        self.whole(value, access.LOAD, sites[number])
                except Exception as error:  # noqa: BLE001
                    run.fail(error)
            return value

        return {
            access.OBJECT: object_, access.KEY: key, access.ATTRIBUTE: attribute, access.CALLEE: callee, access.GIVEN: given, access.RESULT: result,
            access.FRESH: fresh, access.COPIED: copied, access.EACH: each, access.LEFT: left, access.IN: in_, access.OPERAND: operand, access.NAME: named, access.PUT: put,
            access.CHANGED: changed, access.SLICE: slice,
        }  # fmt: skip

    def named(self, site, kind):
        """A variable of a module is read or written."""
        space = self._spaces.setdefault(site.path, {})
        for watch in self.active:
            if site.attribute in watch.privates and site.path == watch.loop.spec["file"]:
                continue
            self.touch_in(watch, space, site.attribute, kind, site)

    def accesses(self, path, module, loops):
        """@returns the Accesses of one file."""
        import ast

        gathers = [(one["name"], one["startLine"], one["endLine"]) for loop in loops for one in loop["gathers"]]
        names = {name for node in ast.walk(module) if isinstance(node, ast.Global) for name in node.names}
        return access.Accesses(path, self.sites, gathers, names)
