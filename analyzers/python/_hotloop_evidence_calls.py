"""How often functions of the program's own are called with arguments that they had before."""
import builtins

import _hotloop_evidence_tree as tree
from _hotloop_facts import module_of, name_of

MOST_CALLS = 20000
MOST_TEXT = 10000
MOST_ITEMS = 64
_SCALARS = frozenset("bool bool_ int8 int16 int32 int64 uint8 uint16 uint32 uint64 float16 float32 float64 complex64 complex128".split())
_LEAVES = frozenset((int, float, str, bytes, bool, complex, type(None)))


class _Unkeyed(Exception):
    pass


def key(value, depth=0):
    """What equal arguments have in common; raises _Unkeyed for what cannot be compared without running code of the program."""
    kind = type(value)
    if kind in _LEAVES:
        if kind in (str, bytes) and len(value) > MOST_TEXT:
            raise _Unkeyed()
        return kind, value
    if kind in (tuple, list, frozenset) and len(value) <= MOST_ITEMS and depth < 3:
        return (kind,) + tuple([key(one, depth + 1) for one in value])
    if module_of(kind) == "numpy" and (name_of(kind) == "ndarray" or name_of(kind) in _SCALARS) and value.dtype.kind in "biufc" and value.nbytes <= MOST_TEXT:
        return name_of(kind), value.dtype.str, value.shape, value.tobytes()
    raise _Unkeyed()


class Counted:
    """One function: calls, and of the first of them how often each set of arguments came."""

    def __init__(self, name, path, line, method):
        self.name = name
        self.path = path
        self.line = line
        # The object of a method counts as itself: a cache on the method would be asked by its identity.
        self.method = method
        self.calls = 0
        self.seen = {}
        self.sampled = 0
        self.open = True

    def take(self, given):
        try:
            own = id(given[0]) if self.method and given else None
            found = hash((own,) + tuple([key(one) for one in (given if own is None else given[1:])]))
        except (_Unkeyed, TypeError):
            # One call that cannot be judged, and none of them says anything.
            self.open = False
            self.sampled = 0
            self.seen = {}
            return
        self.sampled += 1
        self.seen[found] = self.seen.get(found, 0) + 1
        if self.sampled >= MOST_CALLS:
            self.open = False


class Calls:
    def __init__(self, run):
        self.run = run
        self.counted = []

    def add(self, path, node):
        """@returns the number of a function of the program, which its woven code calls by."""
        number = len(self.counted)
        first = (node.args.posonlyargs + node.args.args)[:1]
        counted = Counted(node.name, path, node.lineno, bool(first) and first[0].arg == "self")
        self.counted.append(counted)
        run = self.run

        def called(*given):
            counted.calls += 1
            if counted.open:
                try:
                    counted.take(given)
                except Exception as error:  # noqa: BLE001
                    counted.open = False
                    run.fail(error)
            return run.close

        setattr(builtins, tree.CALLED % number, called)
        return number

    def enough(self):
        return all([not one.open or one.sampled > 2000 or one.calls == 0 for one in self.counted])

    def rows(self, names):
        rows = []
        for one in self.counted:
            if one.name not in names or not one.sampled:
                continue
            counts = list(one.seen.values())
            once, twice = counts.count(1), counts.count(2)
            # Chao1, bias-corrected: what was seen once and twice tells how many were not seen yet.
            rows.append({"file": one.path, "line": one.line, "calls": one.calls, "sampled": one.sampled, "distinct": len(counts) + once * (once - 1) / (2 * (twice + 1))})
        return rows
