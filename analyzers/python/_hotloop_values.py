"""Describes a value so that two runs can be compared: a hash of everything exact, and the floats in order.

Equal values give the same `structure` and the same floats. Nothing of the program's own code runs: no __eq__, __repr__, __iter__ or
property of a user's class. The work is bounded by counts, not by the clock, so that two runs always look at the same parts.
"""
import base64
import hashlib
import marshal
import sys
from array import array

MOST_FLOATS = 2000000
# Values looked at one by one; about two seconds.
MOST_NODES = 1500000
MOST_DEPTH = 150
PREVIEW = 200
_BY_REPR = ("datetime", "decimal", "fractions", "pathlib", "pathlib._local", "uuid", "ipaddress", "zoneinfo")


def class_name(kind):
    module = getattr(kind, "__module__", None)
    name = getattr(kind, "__qualname__", getattr(kind, "__name__", "?"))
    return name if module in (None, "builtins") else "%s.%s" % (module, name)


def short_name(value):
    """'list', 'ndarray', 'float64', 'pkg.Class': as sampled values are named everywhere."""
    kind = type(value)
    if kind.__module__ in ("builtins", "numpy"):
        return kind.__name__
    return class_name(kind)


class _Walk:
    def __init__(self, most_floats, most_nodes=MOST_NODES):
        self.hash = hashlib.sha256()
        self.put = self.hash.update
        self.floats = array("d")
        self.count = 0
        self.most = max(1, most_floats)
        self.nodes = 0
        self.most_nodes = most_nodes
        self.leaves = 0
        self.opaque = 0
        self.sampled = False
        self.stack = {}
        self.exact = False

    def text(self, tag, text):
        data = text.encode("utf-8", "surrogatepass")
        self.put(b"%s%d:" % (tag, len(data)))
        self.put(data)

    def some_floats(self, values, count):
        """Adds a block of floats (list, tuple or array), evenly thinned where it is too long."""
        self.leaves += 1
        self.count += count
        if self.exact:
            self.put(array("d", values).tobytes())
            return
        if count > self.most:
            self.sampled = True
            values = values[:: -(-count // self.most)]
        self.floats.extend(values)
        if len(self.floats) > 2 * self.most:
            self.sampled = True
            self.floats = self.floats[:: -(-len(self.floats) // self.most)]

    def walk(self, value):
        self.nodes += 1
        kind = type(value)
        step = _STEPS.get(kind)
        if step is not None and kind in _LEAVES:
            self.leaves += 1
            step(self, value)
            return
        if self.nodes > self.most_nodes or len(self.stack) > MOST_DEPTH:
            self.sampled = True
            self.put(b"...")
            return
        key = id(value)
        above = self.stack.get(key)
        if above is not None:
            self.put(b"@%d" % (len(self.stack) - above))
            return
        self.stack[key] = len(self.stack)
        try:
            if step is not None:
                step(self, value)
            else:
                self.other(value, kind)
        finally:
            del self.stack[key]

    # -------------------------------------------------- exact leaves
    def none(self, value):
        self.put(b"N")

    def boolean(self, value):
        self.put(b"T" if value else b"F")

    def integer(self, value):
        self.put(b"i%x;" % value if value >= 0 else b"i-%x;" % -value)

    def real(self, value):
        self.count += 1
        self.leaves += 1
        if self.exact:
            self.put(array("d", (value,)).tobytes())
            return
        self.put(b"f")
        self.floats.append(value)

    def complex(self, value):
        self.put(b"c")
        self.real(value.real)
        self.real(value.imag)

    def string(self, value):
        self.text(b"s", value)

    def data(self, value):
        self.put(b"b%d:" % len(value))
        self.put(value)

    def bytearray(self, value):
        self.put(b"B%d:" % len(value))
        self.put(bytes(value))

    def by_repr(self, value):
        self.text(b"r", class_name(type(value)))
        self.text(b"=", repr(value))

    # -------------------------------------------------- containers
    def items(self, values):
        count = len(values)
        if count > 16:
            kinds = set(map(type, values))
            if len(kinds) == 1:
                kind = kinds.pop()
                if kind is float:
                    self.put(b"*f")
                    self.some_floats(values, count)
                    return
                if kind is int or kind is str:
                    # Version 2 of the format has no references and no interning flags: equal lists, equal bytes.
                    self.leaves += 1
                    self.nodes += count // 20
                    for at in range(0, count, 100000):
                        self.put(b"*m")
                        self.put(marshal.dumps(values[at : at + 100000], 2))
                    return
                if kind is bool:
                    self.leaves += 1
                    self.put(b"*b")
                    self.put(bytes(values))
                    return
                if kind.__module__ == "numpy" and issubclass(kind, sys.modules["numpy"].generic):
                    self.text(b"*g", kind.__name__)
                    self.block(sys.modules["numpy"], sys.modules["numpy"].array(values))
                    return
        for value in values:
            if self.nodes > self.most_nodes:
                self.sampled = True
                self.put(b"...")
                return
            self.walk(value)

    def list(self, value):
        self.put(b"[%d:" % len(value))
        self.leaves += not value
        self.items(list(value))

    def tuple(self, value):
        self.put(b"(%d:" % len(value))
        self.leaves += not value
        self.items(list(value))

    def dict(self, value):
        self.put(b"{%d:" % len(value))
        self.leaves += not value
        self.items(list(value.keys()))
        self.items(list(value.values()))

    def set(self, value):
        self.put(b"%s%d:" % (b"S" if type(value) is set else b"Z", len(value)))
        self.leaves += 1
        members = list(value)
        kinds = set(map(type, members))
        if kinds in ({int}, {str}, {bytes}):
            self.items(sorted(members))
            return
        parts = []
        for member in members:
            inner = _Walk(self.most, self.most_nodes)
            inner.exact = True
            inner.nodes = self.nodes
            inner.stack = self.stack
            inner.walk(member)
            self.nodes = inner.nodes
            self.opaque += inner.opaque
            self.sampled = self.sampled or inner.sampled
            parts.append(inner.hash.digest())
        self.put(b"".join(sorted(parts)))

    def array(self, value):
        self.put(b"a%s%d:" % (value.typecode.encode(), len(value)))
        self.leaves += 1
        if value.typecode in "fd":
            self.some_floats(value, len(value))
        elif value.typecode in "uw":
            self.text(b"s", value.tounicode())
        else:
            self.put(value.tobytes())

    # -------------------------------------------------- everything else
    def other(self, value, kind):
        module = getattr(kind, "__module__", "") or ""
        root = module.partition(".")[0]
        if root == "numpy":
            if self.numpy(value, kind):
                return
        elif root == "pandas":
            if self.pandas(value, kind):
                return
        elif module in _BY_REPR:
            self.leaves += 1
            self.by_repr(value)
            return
        name = class_name(kind)
        if issubclass(kind, type) or name in ("function", "builtin_function_or_method", "method", "module"):
            self.leaves += 1
            self.text(b"q", name)
            self.text(b"=", str(getattr(value, "__module__", "")) + "." + str(getattr(value, "__qualname__", getattr(value, "__name__", ""))))
            return
        self.text(b"o", name)
        known = self.builtin_part(value, kind)
        state = self.state(value, kind)
        if state:
            self.put(b"{%d:" % len(state))
            for key in sorted(state):
                self.text(b"k", key)
                self.walk(state[key])
        elif not known:
            if state is None:
                self.opaque += 1
            else:
                self.leaves += 1

    def builtin_part(self, value, kind):
        """The contents that a subclass of a builtin inherits; True when there were some."""
        if issubclass(kind, dict):
            self.put(b"{%d:" % dict.__len__(value))
            self.leaves += 1
            self.items(list(dict.keys(value)))
            self.items(list(dict.values(value)))
            if kind.__name__ == "defaultdict" and kind.__module__ == "collections":
                self.walk(value.default_factory)
        elif issubclass(kind, (list, tuple)):
            base = list if issubclass(kind, list) else tuple
            self.put(b"[%d:" % base.__len__(value))
            self.leaves += 1
            self.items(list(base.__iter__(value)))
        elif issubclass(kind, (set, frozenset)):
            self.set(frozenset(value))
        elif issubclass(kind, bool):
            self.boolean(value)
        elif issubclass(kind, int):
            self.leaves += 1
            self.integer(int.__add__(value, 0))
        elif issubclass(kind, float):
            self.real(float.__add__(value, 0.0) if value != 0 else float.__pos__(value))
        elif issubclass(kind, str):
            self.leaves += 1
            self.string(str.__str__(value))
        elif issubclass(kind, (bytes, bytearray)):
            self.leaves += 1
            self.data(bytes(value))
        elif kind.__module__ == "collections" and kind.__name__ == "deque":
            self.leaves += 1
            self.walk(value.maxlen)
            self.items(list(value))
        elif issubclass(kind, BaseException):
            self.leaves += 1
            self.items(list(value.args))
        elif kind in (range, slice, type(Ellipsis), type(NotImplemented)):
            self.leaves += 1
            self.text(b"=", repr(value))
        elif kind is memoryview:
            self.data(value.tobytes())
        elif kind.__module__ == "random" and kind.__name__ == "Random":
            self.walk(value.getstate())
        elif kind.__module__ == "re" and kind.__name__ == "Pattern":
            self.text(b"=", repr(value.pattern))
            self.leaves += 1
        else:
            return False
        return True

    def state(self, value, kind):
        """Attributes by name: __dict__ and __slots__, read past the class's own hooks; None where there is no such thing."""
        found = None
        try:
            own = object.__getattribute__(value, "__dict__")
            if type(own) is dict:
                found = {str(key): part for key, part in own.items()}
        except Exception:  # noqa: BLE001, S110
            pass
        for base in kind.__mro__:
            slots = base.__dict__.get("__slots__")
            if slots is None or base.__module__ == "builtins":
                continue
            found = {} if found is None else found
            for name in (slots,) if isinstance(slots, str) else slots:
                if name in ("__dict__", "__weakref__"):
                    continue
                if name.startswith("__") and not name.endswith("__"):
                    name = "_%s%s" % (base.__name__.lstrip("_"), name)
                try:
                    found[name] = base.__dict__[name].__get__(value, kind)
                except Exception:  # noqa: BLE001, S112
                    continue
        return found

    def numpy(self, value, kind):
        np = sys.modules.get("numpy")
        if np is None:
            return False
        if issubclass(kind, np.ndarray):
            self.text(b"A", class_name(kind) if kind is not np.ndarray else "ndarray")
            mask = getattr(value, "mask", None) if kind.__name__ == "MaskedArray" else None
            self.block(np, np.asarray(value))
            if mask is not None:
                self.block(np, np.asarray(mask))
            return True
        if issubclass(kind, np.generic):
            self.text(b"g", kind.__name__)
            self.block(np, np.asarray(value))
            return True
        if issubclass(kind, np.dtype):
            self.leaves += 1
            self.text(b"=", repr(value))
            return True
        if kind.__name__ in ("Generator", "RandomState"):
            self.text(b"o", kind.__name__)
            generator = getattr(value, "bit_generator", None) or getattr(value, "_bit_generator", None)
            self.walk(generator.state)
            return True
        return False

    def block(self, np, block):
        self.text(b"d", block.dtype.str)
        self.put(repr(block.shape).encode())
        self.leaves += 1
        if block.dtype.names:
            for name in block.dtype.names:
                self.text(b"k", name)
                self.block(np, block[name])
            return
        letter = block.dtype.kind
        if letter == "O":
            self.items(block.ravel().tolist())
            return
        flat = block.reshape(-1)
        if letter == "c":
            flat = np.stack([flat.real, flat.imag], axis=-1).reshape(-1)
        if letter in "fc":
            count = flat.size
            self.count += count
            if count > self.most and not self.exact:
                self.sampled = True
                flat = flat[:: -(-count // self.most)]
            raw = np.ascontiguousarray(flat, dtype="<f8").tobytes()
            if self.exact:
                self.put(raw)
            else:
                self.floats.frombytes(raw)
            return
        if flat.nbytes > 1 << 28:
            self.sampled = True
            flat = flat[:: -(-flat.nbytes // (1 << 28))]
        self.put(np.ascontiguousarray(flat).tobytes())

    def pandas(self, value, kind):
        pd = sys.modules.get("pandas")
        if pd is None:
            return False
        self.text(b"P", kind.__name__)
        if issubclass(kind, pd.DataFrame):
            self.pandas_labels(value.columns)
            self.pandas_labels(value.index)
            for at in range(value.shape[1]):
                self.column(value.iloc[:, at])
            return True
        if issubclass(kind, pd.Series):
            self.walk(value.name)
            self.pandas_labels(value.index)
            self.column(value)
            return True
        if issubclass(kind, pd.Index):
            self.pandas_labels(value)
            return True
        self.leaves += 1
        self.text(b"=", repr(value))
        return True

    def pandas_labels(self, index):
        self.items([str(name) for name in index.names])
        self.column(index)

    def column(self, column):
        self.text(b"d", str(column.dtype))
        self.walk(column.to_numpy())


_STEPS = {
    type(None): _Walk.none,
    bool: _Walk.boolean,
    int: _Walk.integer,
    float: _Walk.real,
    complex: _Walk.complex,
    str: _Walk.string,
    bytes: _Walk.data,
    bytearray: _Walk.bytearray,
    list: _Walk.list,
    tuple: _Walk.tuple,
    dict: _Walk.dict,
    set: _Walk.set,
    frozenset: _Walk.set,
    array: _Walk.array,
}
_LEAVES = frozenset((type(None), bool, int, float, complex, str, bytes, bytearray))


def preview(value):
    """At most 200 characters; only builtins and arrays are shown, an object of a class by its name."""
    import reprlib

    class Short(reprlib.Repr):
        def repr_instance(self, item, level):
            if type(item).__module__ == "numpy" and getattr(getattr(item, "dtype", None), "kind", "O") != "O":
                return repr(item[:6] if getattr(item, "ndim", 0) == 1 and item.size > 12 else item)
            if type(item).__module__ == "builtins" and type(item) in _LEAVES:
                return repr(item)
            return "<%s>" % class_name(type(item))

    short = Short()
    short.maxother = short.maxstring = short.maxlong = PREVIEW
    if type(value).__module__ == "numpy":
        text = short.repr_instance(value, 1)
    elif type(value) in _STEPS and type(value) is not array:
        text = short.repr(value)
    else:
        text = "<%s>" % class_name(type(value))
    return " ".join(text.split())[:PREVIEW]


def capture(name, value, most_floats=MOST_FLOATS, most_nodes=MOST_NODES):
    """A JSON-safe description of a value: see CapturedValue of the engine's run contract. Never raises."""
    walk = _Walk(most_floats, most_nodes)
    failed = _tried(walk, value)
    try:
        shown = preview(value)
    except Exception:  # noqa: BLE001
        shown = "<%s>" % class_name(type(value))
    return _described(walk, name, short_name(value), shown, not failed and not (walk.opaque and not walk.leaves))


def _tried(walk, value):
    try:
        walk.walk(value)
    except Exception as error:  # noqa: BLE001
        walk.text(b"!", type(error).__name__)
        return True
    return False


def _described(walk, name, kind, shown, comparable):
    floats = walk.floats
    if len(floats) > walk.most:
        walk.sampled = True
        floats = floats[:: -(-len(floats) // walk.most)]
    if sys.byteorder == "big":
        floats = array("d", floats)
        floats.byteswap()
    return {
        "name": name,
        "type": kind,
        "structure": walk.hash.copy().hexdigest(),
        "floats": base64.b64encode(floats.tobytes()).decode("ascii"),
        "floatCount": walk.count,
        "sampled": walk.sampled,
        "preview": shown,
        "comparable": comparable,
    }


class Digest:
    """Many values described as one, as they come."""

    def __init__(self, most_floats, most_nodes):
        self._walk = _Walk(most_floats, most_nodes)
        self._failed = False

    def full(self):
        """No more should be added: the next would only be looked at in part."""
        walk = self._walk
        return self._failed or walk.nodes > walk.most_nodes // 2 or walk.count > walk.most // 2

    def add(self, *values):
        for value in values:
            self._failed = _tried(self._walk, value) or self._failed

    def described(self, name, shown):
        walk = self._walk
        return _described(walk, name, "calls", shown, not self._failed and not (walk.opaque and not walk.leaves))
