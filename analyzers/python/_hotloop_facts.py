"""What the names of a frame hold: type, dtype, shape, length, types of elements, and small numbers. Never the values themselves.

No code of the program runs here: types are compared by identity, and nothing is asked of an object whose class is not a known one.
Standard library only, CPython 3.8 and later.
"""
import sys

module_of = type.__dict__["__module__"].__get__
name_of = type.__dict__["__qualname__"].__get__
space_of = type.__dict__["__dict__"].__get__
mro_of = type.__dict__["__mro__"].__get__
flags_of = type.__dict__["__flags__"].__get__
_SIZED = (list, tuple, dict, set, frozenset, str, bytes, bytearray, range)
_FRAMES = ("pandas.core.frame.DataFrame", "pandas.DataFrame")
_GROWING = ("int", *_FRAMES)
_KINDS = {"i": "int", "u": "uint", "f": "float", "c": "complex"}
_MOST = 2**53
_WORD = 2**63
_MOST_FIELDS = 60
_MOST_COLUMNS = 16
_OPTIMIZED = 1
_HEAP_TYPE = 1 << 9
_GETTER = type(type.__dict__["__qualname__"])


class _Slotted:
    __slots__ = ("slot",)


_SLOT = type(_Slotted.__dict__["slot"])
FRESH_LOCALS = sys.version_info >= (3, 13)
"""From 3.13 on f_locals is a view; before, it is a copy that stays with the frame."""
_TELLTALES = frozenset(("locals", "vars", "dir", "eval", "exec"))
_CODE_TYPES = frozenset(("module", "function", "builtin_function_or_method", "type", "ABCMeta", "EnumMeta", "EnumType", "method"))


def type_name(kind):
    module, name = module_of(kind), name_of(kind)
    if type(module) is not str or type(name) is not str:
        return "object"
    return name if module in ("builtins", "numpy") else module + "." + name


def _dtype_name(dtype):
    kind = dtype.kind
    if kind == "b":
        return "bool"
    if kind == "O":
        return "object"
    return "%s%d" % (_KINDS[kind], dtype.itemsize * 8) if kind in _KINDS else dtype.str


def fact(value):
    """A dict as ValueFact of types.ts."""
    kind = type(value)
    out = {"type": type_name(kind)}
    if kind is int or kind is float:
        if -_MOST <= value <= _MOST:
            out["value"] = value
        elif kind is int and not -_WORD <= value < _WORD:
            out["large"] = True
    elif kind in _SIZED:
        size = len(value)
        out["length"] = size
        if kind is list or kind is tuple:
            middle = size // 2
            places = range(size) if size <= 60 else [*range(20), *range(middle - 10, middle + 10), *range(size - 20, size)]
            out["elements"] = sorted({type_name(type(value[place])) for place in places})
            rows = [value[place] for place in _few(size) if type(value[place]) is list or type(value[place]) is tuple]
            if rows and not {*out["elements"]} - {"list", "tuple"}:
                sizes = [len(row) for row in rows]
                items = {type_name(type(row[place])) for row in rows for place in _few(len(row))}
                out["rows"] = {"elements": sorted(items), "lengths": [min(sizes), max(sizes)]}
                if sizes[0] <= _MOST_COLUMNS and min(sizes) == max(sizes):
                    out["rows"]["columns"] = [sorted({type_name(type(row[place])) for row in rows}) for place in range(sizes[0])]
            if kind is tuple and size <= _MOST_COLUMNS:
                out["columns"] = [[type_name(type(item))] for item in value]
            records = [_record(value[place]) for place in _few(size)] if len(out["elements"]) == 1 else []
            if records and all(records):
                fields = {name: sorted({type_name(type(record[name])) for record in records if name in record}) for name in records[0]}
                out["fields"] = {name: types for name, types in fields.items() if all(name in record for record in records)}
    elif out["type"] == "ndarray" and module_of(kind) == "numpy":
        out["dtype"] = _dtype_name(value.dtype)
        out["shape"] = list(value.shape)
        out["length"] = value.shape[0] if value.shape else 0
    elif out["type"] in _FRAMES:
        try:
            out["dtype"] = "|".join(sorted({str(block.values.dtype) for block in value._mgr.blocks}))
            columns, index = value._mgr.axes
            out["length"] = len(index)
            out["counted"] = type(index).__name__ == "RangeIndex" and index._range == range(len(index))
            if len(columns) <= _MOST_FIELDS and columns.is_unique:
                types = [str(dtype) for dtype in value._mgr.get_dtypes()]
                out["fields"] = {name: [dtype] for name, dtype in zip(columns, types) if type(name) is str}
        except Exception:  # noqa: BLE001 - another version of the library keeps them elsewhere
            pass
    return out


def _record(value):
    """The fields of a dict, a named tuple or an object, read without running any code of its class; None for anything else."""
    kind = type(value)
    if kind is dict:
        fields = value
    elif issubclass(kind, tuple):
        names = space_of(kind).get("_fields")
        fields = dict(zip(names, tuple.__iter__(value))) if type(names) is tuple else {}
    else:
        fields = dict(_attributes(value))
        for base in mro_of(kind) if flags_of(kind) & _HEAP_TYPE else ():
            for name, slot in list(space_of(base).items()):
                if type(slot) is _SLOT:
                    try:
                        fields[name] = slot.__get__(value)
                    except AttributeError:
                        pass
    return fields if 0 < len(fields) <= _MOST_FIELDS and all(type(name) is str for name in fields) else None


def _few(size):
    return range(size) if size <= 9 else [0, 1, 2, size // 2 - 1, size // 2, size // 2 + 1, size - 3, size - 2, size - 1]


def _larger(one, other):
    return one if one is not None and (other is None or abs(one) >= abs(other)) else other


def merge(old, new):
    """What is true of both: types joined by '|', the larger length, shape and number, all kinds of elements."""
    if old is None or old == new:
        return new
    out = {"type": old["type"]}
    if new["type"] not in old["type"].split("|"):
        out["type"] = "|".join(sorted({*old["type"].split("|"), new["type"]}))
    for key in ("value", "length"):
        largest = _larger(old.get(key), new.get(key))
        if largest is not None:
            out[key] = largest
    if "large" in old or "large" in new:
        out["large"] = True
    if "dtype" in old or "dtype" in new:
        out["dtype"] = "|".join(sorted({*old.get("dtype", "").split("|"), *new.get("dtype", "").split("|")} - {""}))
    shape = old.get("shape")
    if shape is None or (new.get("shape") is not None and _size(new["shape"]) >= _size(shape)):
        shape = new.get("shape", shape)
    if shape is not None:
        out["shape"] = shape
    if "elements" in old or "elements" in new:
        out["elements"] = sorted({*old.get("elements", ()), *new.get("elements", ())})
    rows = [known["rows"] for known in (old, new) if "rows" in known]
    if rows:
        least, most = zip(*(row["lengths"] for row in rows))
        out["rows"] = {"elements": sorted({item for row in rows for item in row["elements"]}), "lengths": [min(least), max(most)]}
        columns = _same_columns([row.get("columns") for row in rows])
        if columns:
            out["rows"]["columns"] = columns
    columns = _same_columns([known["columns"] for known in (old, new) if "columns" in known])
    if columns and old["type"] == new["type"]:
        out["columns"] = columns
    fields = [known["fields"] for known in (old, new) if "fields" in known]
    if fields:
        # A frame gets more columns as time goes on; of the items of a list all have to have a field.
        names = {**fields[0], **fields[-1]} if new["type"] in _FRAMES else [name for name in fields[0] if name in fields[-1]]
        out["fields"] = {name: sorted({*fields[0].get(name, ()), *fields[-1].get(name, ())}) for name in names}
    if "counted" in old or "counted" in new:
        out["counted"] = old.get("counted", True) and new.get("counted", True)
    return out


def _same_columns(known):
    """The types at each place, where all have as many places."""
    if not known or None in known or len({len(columns) for columns in known}) > 1:
        return None
    return [sorted({name for types in places for name in types}) for places in zip(*known)]


def _size(shape):
    total = 1
    for length in shape:
        total *= length
    return total


def _attributes(value):
    """What an object of the program's own holds in its dictionary, read without running any code of its class."""
    kind = type(value)
    if not flags_of(kind) & _HEAP_TYPE:
        return {}
    for base in mro_of(kind):
        getter = space_of(base).get("__dict__")
        if type(getter) is _GETTER:
            space = getter.__get__(value)
            return space if type(space) is dict else {}
    return {}


class Looks:
    """Facts by code object and name (`self.rows` for what a method's object holds), from a few looks at each: at the first sample, then at 2, 4, 8, 16."""

    MOST_CODES = 60
    MOST_NAMES = 200
    MOST_LOOKS = 5
    MOST_LATE_LOOKS = 12
    """Data frames get columns as time goes on, and ints outgrow 64 bits: they are looked at again."""

    def __init__(self):
        self.found = {}
        self.changed = set()
        self.due = {}
        self.modules = {}
        self.late = False

    def sampled(self, key, count):
        """True when the code with this many samples is to be looked at."""
        due = self.due.get(key)
        if due is None:
            if len(self.due) >= self.MOST_CODES:
                return False
            due = self.due[key] = 1
        return due <= count and due <= 1 << (self.MOST_LATE_LOOKS - 1)

    def look(self, key, frame, count):
        """@param frame: a frame of the code named `key`; its module's names that the code uses are looked at too."""
        self.due[key] = 1 << count.bit_length()
        self.late = count > 1 << (self.MOST_LOOKS - 1)
        code = frame.f_code
        if code.co_flags & _OPTIMIZED:
            if _TELLTALES.isdisjoint(code.co_names):
                local = frame.f_locals
                names = (code.co_varnames + code.co_cellvars + code.co_freevars)[: self.MOST_NAMES]
                self._take(key, local, names, False)
                if code.co_argcount:
                    owner = code.co_varnames[0]
                    self._take(key, _attributes(local.get(owner)), code.co_names[: self.MOST_NAMES], True, owner + ".")
                if not FRESH_LOCALS:
                    # The copy would keep the values alive.
                    local.clear()
        else:
            self._take(key, frame.f_locals, code.co_names[: self.MOST_NAMES], True)
        if frame.f_globals is not frame.f_locals if not code.co_flags & _OPTIMIZED else True:
            self._take(("module", code.co_filename), frame.f_globals, code.co_names[: self.MOST_NAMES], True)

    def look_at_module(self, path, space, names):
        self.late = False
        self._take(("module", path), space, names[: self.MOST_NAMES], True)

    def _take(self, key, space, names, plain_only, prefix=""):
        facts = self.found.get(key)
        if facts is None:
            facts = self.found[key] = {}
        for name in names:
            # '.0' is a comprehension's own iterator.
            if name[:1] == "." or name[:2] == "__" or name not in space:
                continue
            known = prefix + name
            if self.late and facts.get(known, {}).get("type") not in _GROWING:
                continue
            new = fact(space[name])
            if plain_only and new["type"] in _CODE_TYPES:
                continue
            if known not in facts and len(facts) >= self.MOST_NAMES:
                continue
            merged = merge(facts.get(known), new)
            if merged != facts.get(known):
                facts[known] = merged
                self.changed.add(key)
