"""What a call does to the things that it is given, as far as that is known: the program's own functions are watched themselves, others by tables."""
import sys
import types

import _hotloop_evidence_access as access
from _hotloop_facts import module_of, name_of

LEAVES = frozenset((int, float, str, bytes, bool, complex, type(None), range, type(Ellipsis)))
WHOLE, LENGTH = "<whole>", "<length>"
_MRO = type.__dict__["__mro__"].__get__
_DICT = type.__dict__["__dict__"].__get__
# Modules whose functions read what they are given, keep nothing of it, and have no state that a trip could leave to the next.
_PURE = frozenset(
    "math cmath operator itertools time json re struct hashlib zlib base64 binascii string textwrap datetime decimal fractions statistics copy"
    " functools collections bisect heapq unicodedata posixpath ntpath genericpath pathlib numbers colorsys calendar difflib html keyword types typing"
    " dataclasses enum abc contextlib numpy urllib array uuid ipaddress zoneinfo pickle marshal csv shlex fnmatch glob".split()
)
_BUILTINS = frozenset(
    "abs min max sum sorted any all isinstance issubclass type id hash repr ascii round divmod pow ord chr format iter callable zip map filter"
    " enumerate reversed bin hex oct len slice hasattr print dir".split()
)
_FIRST_CHANGED = frozenset(
    "heappush heappop heapify heapreplace heappushpop _heapify_max _heapreplace_max insort insort_left insort_right shuffle copyto put place putmask"
    " fill_diagonal at put_along_axis setitem delitem iadd iconcat pack_into".split()
)
_CHANGING = frozenset(
    "insert remove pop clear sort reverse extend extendleft update popitem discard difference_update intersection_update"
    " symmetric_difference_update rotate subtract move_to_end __setitem__ __delitem__ __iadd__ __ior__ popleft".split()
)
_ARRAY_CHANGING = frozenset("fill sort put resize itemset partition byteswap setfield setflags".split())
_RANDOM = frozenset(("Random", "SystemRandom", "Generator", "RandomState"))
_SAFE_TYPES = frozenset(("Pattern", "Match", "Struct", "datetime", "date", "time", "timedelta", "Decimal", "Fraction", "UUID", "Context", "property"))


class Judge:
    def __init__(self, shadow):
        self.shadow = shadow
        self.classes = {}

    # -------------------------------------------------- whose it is
    def own_class(self, kind):
        """Is the class defined in the program's own files?"""
        known = self.classes.get(kind) if type(kind) is type else None
        if known is None:
            module = sys.modules.get(module_of(kind) if type(module_of(kind)) is str else "")
            known = type(module) is types.ModuleType and module.__dict__.get("__file__") in self.shadow.own_files
            if type(kind) is type:
                self.classes[kind] = known
        return known

    @staticmethod
    def find(kind, name):
        for base in _MRO(kind):
            space = _DICT(base)
            if name in space:
                return space[name]
        return None

    def follows(self, function):
        code = function.__code__
        if code.co_filename in self.shadow.own_files:
            return code.co_name in ("<lambda>", "<listcomp>", "<genexpr>") or (code.co_filename, code.co_name) in self.shadow.followed
        # What a dataclass or a named tuple is given.
        return code.co_filename.startswith("<") and code.co_name.startswith("__")

    def follows_method(self, kind, name):
        found = self.find(kind, name)
        return type(found) is types.FunctionType and self.follows(found)

    # -------------------------------------------------- iteration
    def iterated(self, value, site):
        kind = type(value)
        if kind in LEAVES:
            return
        name = name_of(kind)
        if kind in (list, dict, set, tuple, frozenset, bytearray) or (module_of(kind) == "numpy" and name == "ndarray") or module_of(kind) == "collections":
            self.shadow.whole(value, access.LOAD, site)
        elif kind.__module__ == "builtins" if type(kind) is type else False:
            if name in ("generator", "async_generator", "coroutine"):
                if self.old(value):
                    self.shadow.unseen("the generator %s" % site.text, site)
            elif name.endswith("iterator") or name in ("enumerate", "zip", "map", "filter", "reversed"):
                if self.old(value):
                    self.shadow.touch(value, LENGTH, access.AUGMENT, site)
        elif self.old(value) and not self.own_class(kind) and module_of(kind) != "itertools":
            self.shadow.unseen(site.text, site)

    def old(self, value):
        born = self.shadow.born.get(id(value), -1)
        return any(born < watch.serial for watch in self.shadow.active)

    # -------------------------------------------------- calls
    def called(self, callee, given, value, site, depth=0):
        """@returns True where the call made something new, all through."""
        kind = type(callee)
        arguments = [(one, text) for _, one, text in given]
        if depth > 4:
            self.shadow.unseen("`%s`" % site.called, site)
            return False
        self._callables(arguments, site)
        if kind is types.FunctionType:
            return self._function(callee, given, arguments, value, site, depth)
        if kind is types.MethodType:
            function = callee.__func__
            if type(function) is types.FunctionType:
                return self._function(function, [(None, callee.__self__, site.text)] + given, [(callee.__self__, site.text)] + arguments, value, site, depth)
            return self.called(function, [(None, callee.__self__, site.text)] + given, value, site, depth + 1)
        if kind is types.BuiltinFunctionType:
            owner = callee.__self__
            if owner is None or type(owner) is types.ModuleType:
                module = callee.__module__ if type(callee.__module__) is str else getattr(owner, "__name__", "")
                return self._library(module, callee.__name__, given, arguments, value, site)
            return self._method(owner, callee.__name__, arguments, value, site)
        if kind in (types.MethodDescriptorType, types.WrapperDescriptorType) and arguments:
            return self._method(arguments[0][0], callee.__name__, arguments[1:], value, site)
        if kind is types.MethodWrapperType:
            return self._method(callee.__self__, callee.__name__, arguments, value, site)
        if type in _MRO(kind):
            return self._class(callee, given, arguments, value, site)
        name = name_of(kind)
        if name == "_lru_cache_wrapper":
            return self.called(callee.__wrapped__, given, value, site, depth + 1) and False
        if name == "partial" and module_of(kind) == "functools":
            return self.called(callee.func, [(None, one, site.text) for one in callee.args] + [(key, one, site.text) for key, one in callee.keywords.items()] + given, value, site, depth + 1)
        if module_of(kind) == "numpy" and name in ("ufunc", "_ArrayFunctionDispatcher"):
            return self._library("numpy", callee.__name__, given, arguments, value, site)
        if name in ("itemgetter", "attrgetter", "methodcaller") and module_of(kind) == "operator" and name != "methodcaller":
            self._read(arguments, site)
            return False
        if self.own_class(kind) and self.follows_method(kind, "__call__"):
            return False
        self.shadow.unseen("`%s`" % site.called, site)
        return False

    def _read(self, arguments, site):
        for one, text in arguments:
            if type(one) not in LEAVES:
                self.shadow.whole(one, access.LOAD, site.of(text))

    def _callables(self, arguments, site):
        for one, _ in arguments:
            if type(one) is types.MethodType:
                one = one.__func__
            if type(one) is types.FunctionType and not self.follows(one) and one.__code__.co_filename in self.shadow.own_files:
                self.shadow.unseen("`%s`" % one.__name__, site)

    def _function(self, function, given, arguments, value, site, depth):
        if self.follows(function):
            return False
        wrapped = function.__dict__.get("__wrapped__")
        if wrapped is not None and function.__code__.co_filename not in self.shadow.own_files and self._pure(function.__module__):
            return self.called(wrapped, given, value, site, depth + 1) and False
        if arguments and name_of(type(arguments[0][0])) in _RANDOM and module_of(type(arguments[0][0])) == "random":
            return self._method(arguments[0][0], function.__name__, arguments[1:], value, site)
        if function.__code__.co_filename in self.shadow.own_files:
            self.shadow.unseen("`%s`" % site.called, site)
            return False
        return self._library(function.__module__, function.__name__, given, arguments, value, site)

    @staticmethod
    def _pure(module):
        return type(module) is str and module.partition(".")[0].lstrip("_") in _PURE

    def _library(self, module, name, given, arguments, value, site):
        shadow = self.shadow
        root = module.partition(".")[0].lstrip("_") if type(module) is str else ""
        if module == "builtins":
            return self._builtin(name, arguments, value, site)
        if root == "random" or (root == "numpy" and "random" in module) or (root == "random" and name in _FIRST_CHANGED):
            shadow.touch(sys.modules.get(module, shadow).__dict__, "random numbers", access.AUGMENT, site)
            return False
        if root not in _PURE:
            if root in ("logging", "warnings"):
                shadow.effects += 1
            shadow.unseen("`%s`" % site.called, site)
            return False
        for key, one, text in given:
            if key == "out" and one is not None:
                shadow.whole(one, access.AUGMENT, site.of(text))
        if name in _FIRST_CHANGED and arguments:
            shadow.whole(arguments[0][0], access.AUGMENT, site.of(arguments[0][1]))
            self._read(arguments[1:], site)
            return False
        self._read(arguments, site)
        if root == "itertools":
            shadow.fresh(value)
            return False
        if name in ("loads", "deepcopy", "split", "findall") or all(type(one) in LEAVES for one, _ in arguments):
            self._deep(value)
            return True
        return False

    def _deep(self, value):
        pending, seen = [value], 0
        while pending and seen < 2000:
            one = pending.pop()
            seen += 1
            if type(one) in (list, tuple):
                pending.extend([part for part in one if type(part) not in LEAVES])
            elif type(one) is dict:
                pending.extend([part for part in one.values() if type(part) not in LEAVES])
            if type(one) not in LEAVES:
                self.shadow.fresh(one)

    def _builtin(self, name, arguments, value, site):
        shadow = self.shadow
        first, text = arguments[0] if arguments else (None, site.text)
        site = site.of(text)
        if name == "next" and arguments:
            self.iterated(first, site)
        elif name == "len":
            if type(first) is list or type(first) is bytearray:
                shadow.touch(first, LENGTH, access.LOAD, site)
            elif type(first) not in LEAVES:
                shadow.whole(first, access.LOAD, site)
        elif name in ("getattr", "setattr", "delattr") and len(arguments) > 1 and type(arguments[1][0]) is str:
            named = access.Site(site.line, text, access.LOAD if name == "getattr" else access.STORE, site.gather, arguments[1][0], site.path)
            shadow.touch(first, arguments[1][0], named.kind, named)
        elif name in _BUILTINS:
            if name == "print":
                shadow.effects += 1
            self._read(arguments, site)
            if name in ("iter", "sorted"):
                shadow.fresh(value)
        elif name == "open":
            shadow.fresh(value)
        else:
            shadow.unseen("`%s`" % site.called, site)
        return False

    def _class(self, kind, given, arguments, value, site):
        shadow = self.shadow
        module = module_of(kind)
        if self.own_class(kind):
            if type(kind) is not type and module_of(type(kind)) not in ("abc", "enum"):
                shadow.unseen("`%s`" % site.called, site)
            for name in ("__new__", "__init__", "__post_init__"):
                found = self.find(kind, name)
                found = found.__func__ if isinstance(found, (staticmethod, classmethod)) else found
                if type(found) is types.FunctionType and not self.follows(found):
                    shadow.unseen("`%s`" % site.called, site)
            if type(value) is kind and not any(value is one for one, _ in arguments):
                shadow.fresh(value)
            return False
        if module == "builtins" or self._pure(module) or module in ("threading", "queue"):
            if module == "builtins" and name_of(kind) in ("map", "filter", "enumerate", "zip", "reversed", "list", "tuple", "set", "frozenset", "dict"):
                for one, text in arguments:
                    if name_of(type(one)) not in ("function", "builtin_function_or_method", "type", "method"):
                        self.iterated(one, site.of(text))
            else:
                self._read(arguments, site)
            if type(value) not in LEAVES:
                shadow.fresh(value)
            return False
        shadow.unseen("`%s`" % site.called, site)
        return False

    # -------------------------------------------------- methods of builtin types
    def _method(self, owner, name, arguments, value, site):
        shadow = self.shadow
        kind = type(owner)
        if kind in LEAVES or kind is tuple or kind is frozenset or kind in (memoryview, slice):
            self._read(arguments, site)
            return False
        module, called = module_of(kind), name_of(kind)
        collection = module == "collections" and called in ("deque", "defaultdict", "Counter", "OrderedDict")
        if kind in (list, dict, set, bytearray) or collection:
            self._collection(owner, kind, called, name, arguments, site)
            self._read(arguments, site)
            if name == "copy":
                shadow.fresh(value)
            return False
        if module == "numpy" and called == "ndarray":
            shadow.whole(owner, access.AUGMENT if name in _ARRAY_CHANGING else access.LOAD, site)
            self._read(arguments, site)
            return False
        if module == "numpy" and "random" not in module and called not in _RANDOM:
            return False
        if called in _RANDOM:
            shadow.touch(owner, "random numbers", access.AUGMENT, site)
            if name == "shuffle" and arguments:
                shadow.whole(arguments[0][0], access.AUGMENT, site.of(arguments[0][1]))
            return False
        if type in _MRO(kind) or kind is types.ModuleType:
            # A class method of a type: dict.fromkeys, datetime.now, int.from_bytes.
            if kind is type and (owner.__module__ == "builtins" or self._pure(owner.__module__) or self.own_class(owner)):
                self._read(arguments, site)
                return False
        if kind in LEAVES or called in _SAFE_TYPES or module in ("datetime", "decimal", "fractions", "pathlib", "re", "_struct"):
            self._read(arguments, site)
            return False
        if called == "HASH" or module in ("_hashlib", "_sha256", "_md5"):
            if self.old(owner):
                shadow.touch(owner, "digest", access.AUGMENT if name == "update" else access.LOAD, site)
            return False
        if module in ("_thread", "threading") or (called == "lock" and name in ("acquire", "release")):
            return False
        if called in ("mappingproxy", "dict_keys", "dict_values", "dict_items", "super", "object"):
            return False
        if self.own_class(kind) and name in ("__init__", "__new__", "__setattr__", "__getattribute__", "__repr__", "__eq__", "__hash__", "__init_subclass__", "__str__", "__format__", "__reduce__"):
            return False
        if not self.old(owner):
            self._read(arguments, site)
            return False
        if module == "_io" and name in ("write", "writelines", "flush"):
            shadow.effects += 1
        if self.own_class(kind) and not {dict, list, set}.isdisjoint(_MRO(kind)):
            shadow.touch(owner, WHOLE, access.AUGMENT if name in _CHANGING or name in ("append", "add", "setdefault") else access.LOAD, site)
            return False
        shadow.unseen("`%s`" % site.called, site)
        return False

    def _collection(self, owner, kind, called, name, arguments, site):
        shadow = self.shadow
        first = arguments[0][0] if arguments else None
        if name in ("append", "appendleft") and kind not in (dict, set):
            shadow.touch(owner, LENGTH, access.AUGMENT, site)
            if kind is list:
                shadow.touch(owner, len(owner) - 1, access.STORE, site)
            else:
                shadow.touch(owner, WHOLE, access.AUGMENT, site)
        elif kind is set and name in ("add", "discard", "remove"):
            self._keyed(owner, first, access.STORE if name == "add" else access.AUGMENT, site)
        elif kind is not list and called != "deque" and name in ("get", "__getitem__", "__contains__") and arguments:
            self._keyed(owner, first, access.LOAD, site)
        elif kind is not list and called != "deque" and kind is not set and name in ("setdefault", "pop", "__setitem__", "__delitem__") and arguments:
            self._keyed(owner, first, access.STORE if name == "__setitem__" else access.AUGMENT, site)
        elif name == "clear":
            shadow.touch(owner, WHOLE, access.STORE, site)
        elif name in _CHANGING:
            shadow.touch(owner, WHOLE, access.AUGMENT, site)
        else:
            shadow.whole(owner, access.LOAD, site)

    def _keyed(self, owner, key, kind, site):
        shadow = self.shadow
        try:
            shadow.touch(owner, shadow.plain(key), kind, site)
        except Exception:  # noqa: BLE001
            shadow.touch(owner, WHOLE, kind, site)
