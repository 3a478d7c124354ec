/** Loops whose trips depend on each other in ways that do not stand in their text: by what ties them, and each marked with `# HERE`. */
export const illegalLoops: Record<string, Record<string, string>> = {
  'a special method of a class of the program keeps count': {
    descriptor_set: `
class Counted:
    def __set__(self, obj, value):
        log.append(value)
        obj.__dict__['v'] = value + len(log)
    def __get__(self, obj, t=None):
        return obj.__dict__['v']
class Box:
    value = Counted()
log = []
def f(xs):
    out = []
    for x in xs: # HERE
        b = Box()
        b.value = x
        out.append(b.value)
    return out
`,
    setattr_hook: `
class Box:
    seen = []
    def __setattr__(self, name, value):
        Box.seen.append(value)
        object.__setattr__(self, name, value + len(Box.seen))
def f(xs):
    out = []
    for x in xs: # HERE
        b = Box()
        b.v = x
        out.append(b.v)
    return out
`,
    getattr_hook: `
class Lazy:
    def __init__(self):
        self.n = 0
    def __getattr__(self, name):
        self.n += 1
        return self.n
def f(xs):
    lazy = Lazy()
    return [x * lazy.next_value for x in xs] # HERE
`,
    context_manager_state: `
class Level:
    def __init__(self):
        self.n = 0
    def __enter__(self):
        self.n += 1
        return self.n
    def __exit__(self, *a):
        return False
level = Level()
def f(xs):
    out = []
    for x in xs: # HERE
        with level as n:
            out.append(x * n)
    return out
`,
    hash_own: `
class K:
    n = 0
    def __init__(self, v): self.v = v
    def __hash__(self):
        K.n += 1
        return K.n
    def __eq__(self, o): return self is o
def f(xs):
    out = []
    for x in xs: # HERE
        out.append(hash(K(x)))
    return out
`,
    str_own: `
class K:
    n = 0
    def __str__(self):
        K.n += 1
        return str(K.n)
def f(xs):
    k = K()
    return [f'{k}{x}' for x in xs] # HERE
`,
    str_call_own: `
class K:
    n = 0
    def __str__(self):
        K.n += 1
        return str(K.n)
def f(xs):
    k = K()
    return [str(k) + x for x in xs] # HERE
`,
    len_own: `
class K:
    n = 0
    def __len__(self):
        K.n += 1
        return K.n
def f(xs):
    k = K()
    return [len(k) + x for x in xs] # HERE
`,
    iter_own: `
class K:
    def __init__(self): self.n = 0
    def __iter__(self):
        self.n += 1
        return iter([self.n])
def f(xs):
    k = K()
    return [list(k) for x in xs] # HERE
`,
    iter_own_inner: `
class K:
    def __init__(self): self.n = 0
    def __iter__(self):
        self.n += 1
        return iter([self.n])
def f(xs):
    k = K()
    out = []
    for x in xs: # HERE
        for y in k:
            out.append(x * y)
    return out
`,
    iter_own_unpack: `
class K:
    def __init__(self): self.n = 0
    def __iter__(self):
        self.n += 1
        return iter([self.n, 2])
def f(xs):
    k = K()
    out = []
    for x in xs: # HERE
        a, b = k
        out.append(x * a + b)
    return out
`,
    dict_missing: `
class Ids(dict):
    def __missing__(self, key):
        self[key] = len(self)
        return self[key]
def f(xs):
    ids = Ids()
    return [ids[x] for x in xs] # HERE
`,
    property_counter: `
class C:
    def __init__(self): self._n = 0
    @property
    def next(self):
        self._n += 1
        return self._n
def f(xs):
    c = C()
    return [x + c.next for x in xs] # HERE
`,
    iadd_own: `
class Mean:
    def __init__(self):
        self.v = 0
    def __iadd__(self, x):
        self.v = (self.v + x) / 2
        return self
def f(xs):
    m = Mean()
    for x in xs: # HERE
        m += x
    return m.v
`,
    call_dunder_key: `
class C:
    def __init__(self): self.n = 0
    def __call__(self, x):
        self.n += 1
        return (self.n, x)
c = C()
def f(xs):
    return [sorted(x, key=c) for x in xs] # HERE
`,
    bound_method_as_key: `
class C:
    def __init__(self): self.n = 0
    def key(self, x):
        self.n += 1
        return self.n * x % 7
def f(xs):
    c = C()
    return [sorted(x, key=c.key) for x in xs] # HERE
`,
    sum_own_start: `
class Sat:
    def __init__(self, v): self.v = v
    def __add__(self, o): return Sat(min(10, self.v + o))
def f(xs):
    return sum((x for x in xs), Sat(0)) # HERE
`,
    super_setattr: `
class B:
    def __init__(self): self.n = 0
    def bump(self, x):
        object.__setattr__(self, 'n', self.n + x)
        return self.n
def f(xs):
    b = B()
    return [b.bump(x) for x in xs] # HERE
`,
  },
  'making an object does more than that': {
    class_attribute_counter: `
class Ticket:
    count = 0
    def __init__(self, x):
        Ticket.count += 1
        self.number = Ticket.count
        self.x = x
def f(xs):
    return [Ticket(x) for x in xs] # HERE
`,
    class_attribute_dunder_class: `
class Ticket:
    count = 0
    def __init__(self, x):
        self.__class__.count += 1
        self.number = self.__class__.count
def f(xs):
    return [Ticket(x).number for x in xs] # HERE
`,
    class_shared_list: `
class Ticket:
    all = []
    def __init__(self, x):
        self.all.append(x)
        self.number = len(self.all)
def f(xs):
    return [Ticket(x).number for x in xs] # HERE
`,
    dataclass_default_factory: `
from dataclasses import dataclass, field
import itertools
counter = itertools.count(1)
@dataclass
class Row:
    x: int
    id: int = field(default_factory=lambda: next(counter))
def f(xs):
    return [Row(x) for x in xs] # HERE
`,
    dataclass_post_init: `
from dataclasses import dataclass
made = []
@dataclass
class Row:
    x: int
    def __post_init__(self):
        made.append(self.x)
        self.id = len(made)
def f(xs):
    return [Row(x).id for x in xs] # HERE
`,
    new_hook: `
class Row:
    made = 0
    def __new__(cls, x):
        self = object.__new__(cls)
        Row.made += 1
        self.id = Row.made
        return self
def f(xs):
    return [Row(x).id for x in xs] # HERE
`,
    metaclass_call: `
class Meta(type):
    n = 0
    def __call__(cls, *a):
        Meta.n += 1
        obj = super().__call__(*a)
        obj.id = Meta.n
        return obj
class Row(metaclass=Meta):
    def __init__(self, x):
        self.x = x
def f(xs):
    return [Row(x).id for x in xs] # HERE
`,
  },
  'a function keeps something between its calls': {
    closure_counter: `
def make():
    n = 0
    def step():
        nonlocal n
        n += 1
        return n
    return step
def f(xs):
    step = make()
    out = []
    for x in xs: # HERE
        out.append(x + step())
    return out
`,
    closure_list: `
def make():
    kept = []
    def step(x):
        kept.append(x)
        return len(kept)
    return step
step = make()
def f(xs):
    out = []
    for x in xs: # HERE
        out.append(step(x))
    return out
`,
    default_list: `
def remember(x, seen=[]):
    seen.append(x)
    return len(seen)
def f(xs):
    return [remember(x) for x in xs] # HERE
`,
    default_dict: `
def number(x, table={}):
    if x not in table:
        table[x] = len(table)
    return table[x]
def f(xs):
    out = []
    for x in xs: # HERE
        out.append(number(x))
    return out
`,
    kw_default_lambda: `
def f(xs):
    number = lambda x, t={}: t.setdefault(x, len(t))
    return [number(x) for x in xs] # HERE
`,
    decorator_state: `
def counted(fn):
    def inner(x):
        inner.calls += 1
        return fn(x) + inner.calls
    inner.calls = 0
    return inner
@counted
def work(x):
    return x * 2
def f(xs):
    return [work(x) for x in xs] # HERE
`,
    decorator_named_like_harmless: `
def cache(fn):
    order = []
    def inner(x):
        order.append(x)
        return fn(x) + len(order)
    return inner
@cache
def work(x):
    return x * 2
def f(xs):
    return [work(x) for x in xs] # HERE
`,
    decorator_profile_own: `
def profile(fn):
    order = []
    def inner(x):
        order.append(x)
        return fn(x) + len(order)
    return inner
@profile
def work(x):
    return x * 2
def f(xs):
    return [work(x) for x in xs] # HERE
`,
    function_attribute: `
def work(x):
    work.calls += 1
    return x + work.calls
work.calls = 0
def f(xs):
    return [work(x) for x in xs] # HERE
`,
    wrapped_by_assignment: `
def work(x):
    return x
def counting(fn):
    n = [0]
    def inner(x):
        n[0] += 1
        return fn(x) + n[0]
    return inner
work = counting(work)
def f(xs):
    return [work(x) for x in xs] # HERE
`,
    partial_mutable: `
from functools import partial
def note(store, x):
    store.append(x)
    return len(store)
def f(xs):
    step = partial(note, [])
    return [step(x) for x in xs] # HERE
`,
    partial_module: `
from functools import partial
import heapq
heap = []
push = partial(heapq.heappushpop, heap)
def f(xs):
    return [push(x) for x in xs] # HERE
`,
    cached_fresh: `
from functools import lru_cache
@lru_cache(None)
def bag():
    return []
def f(xs):
    out = []
    for x in xs: # HERE
        b = bag()
        b.append(x)
        out.append(len(b))
    return out
`,
    conditional_fresh: `
def bag(reuse):
    fresh = []
    if reuse:
        fresh = POOL
    return fresh
POOL = []
def f(xs):
    out = []
    for x in xs: # HERE
        b = bag(x)
        b.append(x)
        out.append(len(b))
    return out
`,
    lambda_default_state: `
def f(xs):
    out = []
    for x in xs: # HERE
        out.append((lambda v, acc=STATE: acc.append(v) or len(acc))(x))
    return out
STATE = []
`,
  },
  'what is changed is looked at under another name': {
    dict_view_changing: `
def f(xs):
    d = {}
    keys = d.keys()
    out = []
    for x in xs: # HERE
        out.append(len(keys))
        d[x] = 1
    return out
`,
    dict_values_view: `
def f(xs):
    d = {0: 0}
    vals = d.values()
    for x in xs: # HERE
        d[x] = max(vals) + x
    return d
`,
    memoryview_write: `
def f(n):
    data = bytearray(n)
    view = memoryview(data)
    for i in range(1, n): # HERE
        view[i] = (data[i - 1] + i) % 256
    return data
`,
    memoryview_slice: `
def f(data):
    view = memoryview(data)[1:]
    for i in range(len(view)): # HERE
        view[i] = (data[i] * 3 + 1) % 256
    return data
`,
    numpy_view: `
import numpy as np
def f(a):
    b = a[1:]
    for i in range(len(b)): # HERE
        b[i] = a[i] * 0.5 + 1
    return a
`,
    numpy_reshape: `
import numpy as np
def f(a):
    flat = a.reshape(-1)
    for i in range(a.shape[0]): # HERE
        a[i, 0] = flat[i] + 1
    return a
`,
    mappingproxy: `
from types import MappingProxyType
def f(xs):
    base = {'n': 0}
    look = MappingProxyType(base)
    for x in xs: # HERE
        base['n'] = look['n'] + x
    return base
`,
    chainmap: `
from collections import ChainMap
def f(xs):
    base = {}
    m = ChainMap({}, base)
    out = []
    for x in xs: # HERE
        out.append(m.get('last', 0))
        base['last'] = x
    return out
`,
    tuple_unpack_alias: `
def f(n):
    a = b = [0] * n
    for i in range(1, n): # HERE
        a[i] = b[i - 1] + i
    return a
`,
    dict_alias: `
def f(n):
    a = [0] * n
    d = {'a': a}
    for i in range(1, n): # HERE
        a[i] = d['a'][i - 1] + i
    return a
`,
    attr_alias: `
class H: pass
def f(n):
    a = [0] * n
    h = H()
    h.a = a
    for i in range(1, n): # HERE
        a[i] = h.a[i - 1] + i
    return a
`,
    cond_alias: `
def f(n, flag, c):
    a = [0] * n
    b = a if flag else c
    for i in range(1, n): # HERE
        a[i] = b[i - 1] + i
    return a
`,
    closure_read_alias: `
def f(n):
    a = [0] * n
    def prev(i):
        return a[i - 1]
    for i in range(1, n): # HERE
        a[i] = prev(i) + i
    return a
`,
    method_read_self_local: `
class G:
    def __init__(self, n):
        self.a = [0] * n
    def prev(self, i):
        return self.a[i - 1]
    def run(self, n):
        a = self.a
        for i in range(1, n): # HERE
            a[i] = self.prev(i) + i
`,
    alias_method: `
def f(xs):
    seen = []
    add = seen.append
    out = []
    for x in xs: # HERE
        add(x)
        out.append(len(seen))
    return out
`,
    np_nditer: `
import numpy as np
def f(a):
    for i in range(1, len(a)): # HERE
        row = a[i]
        row += a[i - 1]
    return a
`,
    weakref_call: `
import weakref
class Acc:
    n = 0
def f(xs):
    acc = Acc()
    r = weakref.ref(acc)
    out = []
    for x in xs: # HERE
        r().n += x
        out.append(r().n)
    return out
`,
    shared_row: `
def f(n):
    rows = [[0] * 3] * n
    out = []
    for i in range(n): # HERE
        rows[i][0] += i
        out.append(rows[i][0])
    return out
`,
    dict_fromkeys_shared: `
def f(keys, xs):
    d = dict.fromkeys(keys, [])
    out = []
    for k in keys: # HERE
        d[k].append(k)
        out.append(len(d[k]))
    return out
`,
    copy_shallow: `
import copy
def f(xs, base):
    out = []
    for x in xs: # HERE
        mine = copy.copy(base)
        mine.rows.append(x)
        out.append(len(mine.rows))
    return out
`,
  },
  'an array is written to by the call that is given it': {
    numpy_out: `
import numpy as np
def f(rows):
    acc = np.zeros(4)
    out = []
    for row in rows: # HERE
        np.add(acc, row, out=acc)
        out.append(acc.sum())
    return out
`,
    numpy_out_pos: `
import numpy as np
def f(rows):
    acc = np.zeros(4)
    out = []
    for row in rows: # HERE
        np.add(acc, row, acc)
        out.append(acc.max())
    return out
`,
    numpy_out_method: `
import numpy as np
def f(rows):
    acc = np.zeros(4)
    out = []
    for row in rows: # HERE
        row.clip(0, 1, out=acc)
        out.append(acc)
    return out
`,
    numpy_inplace_augment: `
import numpy as np
def f(rows):
    acc = np.zeros(4)
    out = []
    for row in rows: # HERE
        acc *= 0.5
        acc += row
        out.append(float(acc[0]))
    return out
`,
    operator_setitem: `
import operator
def f(n):
    a = [0] * n
    for i in range(1, n): # HERE
        operator.setitem(a, i, a[i - 1] + 1)
    return a
`,
    setitem_dunder_call: `
def f(n):
    a = [0] * n
    for i in range(1, n): # HERE
        a.__setitem__(i, a.__getitem__(i - 1) + 1)
    return a
`,
    list_method_unbound: `
def f(xs):
    s = []
    out = []
    for x in xs: # HERE
        list.append(s, x)
        out.append(len(s))
    return out
`,
    dict_update_unbound: `
def f(xs):
    s = {}
    out = []
    for x in xs: # HERE
        dict.update(s, {x: len(s)})
        out.append(s[x])
    return out
`,
  },
  'items are taken from one iterator': {
    iterator_shared: `
def f(xs):
    it = iter(xs)
    out = []
    for x in it: # HERE
        out.append(x + next(it, 0))
    return out
`,
    iterator_other: `
def f(xs, ys):
    other = iter(ys)
    return [x * next(other) for x in xs] # HERE
`,
    iterator_method: `
import itertools
ids = itertools.count()
def f(xs):
    return [(next(ids), x) for x in xs] # HERE
`,
    iterator_alias_dunder: `
import itertools
take = itertools.count().__next__
def f(xs):
    out = []
    for x in xs: # HERE
        out.append((take(), x))
    return out
`,
    generator_send: `
def averager():
    total = 0.0
    n = 0
    mean = None
    while True:
        x = yield mean
        total += x
        n += 1
        mean = total / n
def f(xs):
    a = averager()
    next(a)
    return [a.send(x) for x in xs] # HERE
`,
    generator_send_bound: `
def averager():
    total = 0.0
    while True:
        x = yield total
        total += x
def f(xs):
    a = averager()
    next(a)
    send = a.send
    out = []
    for x in xs: # HERE
        out.append(send(x))
    return out
`,
    string_template_iter: `
def f(xs, lines):
    lines = iter(lines)
    out = {}
    for x in xs: # HERE
        out[x] = ' '.join(z for _, z in zip(range(2), lines))
    return out
`,
    zip_same_iter: `
def f(xs):
    it = iter(xs)
    out = []
    for a in it: # HERE
        for b in it:
            out.append(a + b)
            break
    return out
`,
    islice_chunk: `
from itertools import islice
def f(xs, n):
    it = iter(xs)
    return [sum(islice(it, 3)) for _ in range(n)] # HERE
`,
    iterator_param: `
def work(x, names):
    return (x, next(names))
def f(xs, names):
    return [work(x, names) for x in xs] # HERE
`,
    itertools_cycle_attr: `
import itertools
class P:
    def __init__(self, ys):
        self.names = itertools.cycle(ys)
    def work(self, x):
        return (x, next(self.names))
def f(xs):
    p = P('abc')
    return [p.work(x) for x in xs] # HERE
`,
    map_two: `
import itertools
def f(xs):
    names = itertools.cycle('abc')
    return list(map(lambda x: (x, next(names)), xs)) # HERE
`,
    regex_scanner: `
import re
def f(text, n):
    sc = re.compile(r'\\d').scanner(text)
    return [sc.search() for _ in range(n)] # HERE
`,
    codec_incremental: `
import codecs
def f(xs):
    d = codecs.getincrementaldecoder('utf-8')()
    return [d.decode(x) for x in xs] # HERE
`,
    struct_iter: `
import struct
def f(buf, n):
    it = struct.iter_unpack('i', buf)
    return [next(it)[0] for _ in range(n)] # HERE
`,
    zlib_obj: `
import zlib
def f(xs):
    c = zlib.compressobj()
    return [c.compress(x) for x in xs] # HERE
`,
  },
  'a setting of the whole program is used and changed': {
    decimal_context: `
import decimal
def f(xs):
    out = []
    for x in xs: # HERE
        decimal.getcontext().prec = 5 + x % 3
        out.append(decimal.Decimal(1) / decimal.Decimal(x))
    return out
`,
    decimal_setcontext: `
import decimal
def f(xs):
    out = []
    for x in xs: # HERE
        out.append(decimal.Decimal(1) / 3)
        decimal.setcontext(decimal.Context(prec=3 + x))
    return out
`,
    locale_set: `
import locale
def f(xs):
    out = []
    for x in xs: # HERE
        out.append(locale.format_string('%.2f', x))
        locale.setlocale(locale.LC_ALL, x)
    return out
`,
    environ_item: `
import os
def f(xs):
    out = []
    for x in xs: # HERE
        out.append(os.environ.get('LAST', ''))
        os.environ['LAST'] = str(x)
    return out
`,
    environ_helper: `
import os
def work(x):
    last = os.getenv('LAST', '')
    os.environ['LAST'] = str(x)
    return last
def f(xs):
    return [work(x) for x in xs] # HERE
`,
    sys_path: `
import sys
def work(x):
    sys.path.insert(0, str(x))
    return len(sys.path)
def f(xs):
    return [work(x) for x in xs] # HERE
`,
    warnings_filters: `
import warnings
def work(x):
    warnings.filters.insert(0, ('ignore', None, Warning, None, x))
    return len(warnings.filters)
def f(xs):
    return [work(x) for x in xs] # HERE
`,
    warnings_once: `
import warnings
def work(x):
    with warnings.catch_warnings(record=True) as w:
        warnings.warn_explicit('x', UserWarning, 'f', x, registry=R)
    return len(w)
R = {}
def f(xs):
    return [work(x) for x in xs] # HERE
`,
    np_seterr: `
import numpy as np
def f(xs):
    out = []
    for x in xs: # HERE
        out.append(np.geterr()['divide'])
        np.seterr(divide=x)
    return out
`,
    np_set_printoptions: `
import numpy as np
def f(xs):
    out = []
    for x in xs: # HERE
        out.append(str(np.array([x / 3])))
        np.set_printoptions(precision=x % 8)
    return out
`,
    os_chdir: `
import os
def f(dirs):
    out = []
    for d in dirs: # HERE
        os.chdir(d)
        out.append(os.getcwd())
    return out
`,
    random_getstate: `
import random
def f(xs):
    out = []
    for x in xs: # HERE
        out.append(random.getstate()[1][0])
        random.seed(x)
    return out
`,
    contextvar: `
import contextvars
var = contextvars.ContextVar('v', default=0)
def work(x):
    var.set(var.get() + x)
    return var.get()
def f(xs):
    return [work(x) for x in xs] # HERE
`,
    thread_local: `
import threading
local = threading.local()
local.n = 0
def work(x):
    local.n += x
    return local.n
def f(xs):
    return [work(x) for x in xs] # HERE
`,
  },
  'a missing key is numbered': {
    defaultdict_auto: `
from collections import defaultdict
def f(xs):
    ids = defaultdict(lambda: len(ids))
    return [ids[x] for x in xs] # HERE
`,
    defaultdict_count_factory: `
from collections import defaultdict
import itertools
def f(xs):
    ids = defaultdict(itertools.count().__next__)
    return [ids[x] for x in xs] # HERE
`,
    defaultdict_len: `
from collections import defaultdict
def f(xs):
    ids = defaultdict()
    ids.default_factory = ids.__len__
    out = []
    for x in xs: # HERE
        out.append(ids[x])
    return out
`,
    dict_setdefault_len: `
def f(xs):
    ids = {}
    return [ids.setdefault(x, len(ids)) for x in xs] # HERE
`,
  },
  'whoever takes the values acts between two trips': {
    comp_reads_result: `
def f(xs):
    out = [0]
    out.extend(x + out[-1] for x in xs) # HERE
    return out
`,
    comp_extend_self: `
def f(xs):
    seen = []
    seen.extend(x for x in xs if x not in seen) # HERE
    return seen
`,
    set_update_gen: `
def f(xs):
    seen = set()
    seen.update(x for x in xs if x - 1 not in seen) # HERE
    return seen
`,
    filter_builtin_stateful: `
def f(xs):
    last = [None]
    def new(x):
        same = x == last[0]
        last[0] = x
        return not same
    return list(filter(new, xs)) # HERE
`,
  },
  'an exception that ends the trips is caught': {
    exception_order: `
def f(xs, budget):
    out = []
    try:
        for x in xs: # HERE
            if x > budget:
                raise ValueError
            out.append(x)
    except ValueError:
        pass
    return out
`,
    exception_helper_order: `
def check(x):
    if x > 100:
        raise ValueError(x)
    return x
def f(xs):
    out = []
    try:
        for x in xs: # HERE
            out.append(check(x))
    except ValueError:
        return out
    return out
`,
    exc_message: `
def check(x):
    if x > 100:
        raise ValueError(x)
    return x
def f(xs):
    t = 0
    try:
        for x in xs: # HERE
            t += check(x)
    except ValueError as e:
        print('partial', t, e)
    return t
`,
  },
  'files, cursors and generators of numbers move on': {
    os_pipe_fd: `
import os
def f(fd, n):
    return [os.read(fd, 10) for _ in range(n)] # HERE
`,
    os_lseek: `
import os
def f(fd, n):
    out = []
    for i in range(n): # HERE
        os.lseek(fd, 3, os.SEEK_CUR)
        out.append(i)
    return out
`,
    file_position_helper: `
def nxt(h):
    return h.readline()
def f(path, n):
    with open(path) as h:
        return [nxt(h) for i in range(n)] # HERE
`,
    csv_writer_bound: `
import csv, io
def f(rows):
    buf = io.StringIO()
    put = csv.writer(buf).writerow
    for row in rows: # HERE
        put(row)
    return buf.getvalue()
`,
    stringio: `
import io
def f(rows):
    buf = io.StringIO()
    pos = []
    for row in rows: # HERE
        buf.write(row)
        pos.append(buf.tell())
    return pos
`,
    sqlite_cursor: `
import sqlite3
def f(xs):
    con = sqlite3.connect(':memory:')
    cur = con.cursor()
    cur.execute('create table t(x)')
    out = []
    for x in xs: # HERE
        cur.execute('insert into t values (?)', (x,))
        out.append(cur.lastrowid)
    return out
`,
    sqlite_fetch: `
import sqlite3
def f(con, n):
    cur = con.execute('select * from t')
    return [cur.fetchone() for _ in range(n)] # HERE
`,
    random_passed: `
import random
def draw(rng, x):
    return rng.random() * x
def f(xs):
    rng = random.Random(3)
    return [draw(rng, x) for x in xs] # HERE
`,
    random_attr: `
import random
class Sim:
    def __init__(self):
        self.rng = random.Random(1)
    def step(self, x):
        return self.rng.gauss(0, 1) + x
def f(xs):
    sim = Sim()
    return [sim.step(x) for x in xs] # HERE
`,
    random_bound_alias: `
import random
def f(xs):
    r = random.Random(1)
    draw = r.random
    out = []
    for x in xs: # HERE
        out.append(draw() * x)
    return out
`,
    random_in_container: `
import random
def f(xs):
    tools = {'rng': random.Random(1)}
    return [tools['rng'].random() * x for x in xs] # HERE
`,
    numpy_generator_tuple: `
import numpy as np
def f(xs):
    rng, scale = np.random.default_rng(0), 3
    return [rng.normal(0, scale) + x for x in xs] # HERE
`,
    time_fn_default: `
import time
def stamp(x, clock=time.time):
    return (x, clock())
def f(xs):
    return [stamp(x) for x in xs] # HERE
`,
    logger_attr: `
import logging
class A:
    def __init__(self):
        self.log = logging.getLogger('a')
    def work(self, x):
        self.log.warning('at %s', x)
        return x
def f(xs):
    a = A()
    return [a.work(x) for x in xs] # HERE
`,
  },
  'several places hold one object': {
    shared_rows_append: `
def f(n):
    rows = [[]] * n
    sizes = []
    for i in range(n): # HERE
        rows[i].append(i)
        sizes.append(len(rows[i]))
    return sizes
`,
    shared_rows_walk: `
def f(n):
    rows = [[0] * 4] * n
    out = []
    for row in rows: # HERE
        row[0] += 1
        out.append(row[0])
    return out
`,
    shared_rows_enumerate: `
def f(n):
    rows = [[0] * 4] * n
    out = []
    for i, row in enumerate(rows): # HERE
        row[0] = row[0] * 2 + i
        out.append(row[0])
    return out
`,
    shared_rows_var: `
def f(n):
    base = [0, 0]
    rows = [base for _ in range(n)]
    out = []
    for row in rows: # HERE
        row[0] += 1
        out.append(row[0])
    return out
`,
    shared_obj_list: `
class Cell:
    def __init__(self): self.v = 0
def f(n):
    cells = [Cell()] * n
    out = []
    for c in cells: # HERE
        c.v += 1
        out.append(c.v)
    return out
`,
    shared_obj_method: `
class Cell:
    def __init__(self): self.v = 0
    def bump(self):
        self.v += 1
        return self.v
def f(n):
    c = Cell()
    cells = [c] * n
    return [cell.bump() for cell in cells] # HERE
`,
    shared_dict_values: `
def f(keys):
    box = {'n': 0}
    d = {k: box for k in keys}
    out = []
    for k in keys: # HERE
        d[k]['n'] += 1
        out.append(d[k]['n'])
    return out
`,
    shared_zip_two: `
def f(a, b, xs):
    targets = [a, b] * 10
    out = []
    for t, x in zip(targets, xs): # HERE
        t.append(x)
        out.append(len(t))
    return out
`,
    lookup_and_mutate: `
def f(accounts, moves):
    for name, amount in moves: # HERE
        acc = accounts[name]
        acc['balance'] = acc['balance'] * 1.01 + amount
    return accounts
`,
    lookup_mutate_method: `
class Acc:
    def __init__(self): self.b = 0
    def add(self, x):
        if self.b + x >= 0:
            self.b += x
def f(accounts, moves):
    for name, amount in moves: # HERE
        accounts[name].add(amount)
    return accounts
`,
    returned_shared: `
def pick(table, k):
    return table[k]
def f(xs, table):
    out = []
    for x in xs: # HERE
        row = pick(table, x % 3)
        row.append(x)
        out.append(len(row))
    return out
`,
    returned_same: `
def same(a):
    return a
def f(xs, shared):
    out = []
    for x in xs: # HERE
        s = same(shared)
        s.append(x)
        out.append(len(s))
    return out
`,
    returned_cached_obj: `
pool = {}
def get(k):
    if k not in pool:
        pool[k] = []
    return pool[k]
def f(xs):
    out = []
    for x in xs: # HERE
        r = get(x % 3)
        r.append(x)
        out.append(len(r))
    return out
`,
    fresh_holder_of_shared: `
def f(xs, shared):
    out = []
    for x in xs: # HERE
        box = {'s': shared, 'x': x}
        box['s'].append(x)
        out.append(len(box['s']))
    return out
`,
    fresh_tuple_of_shared: `
def f(xs, shared):
    out = []
    for x in xs: # HERE
        pair = (shared, x)
        pair[0].append(x)
        out.append(len(pair[0]))
    return out
`,
    unpacked_shared: `
def f(xs, shared):
    out = []
    for x in xs: # HERE
        s, y = shared, x
        s.append(y)
        out.append(len(s))
    return out
`,
    cond_shared: `
def f(xs, shared):
    out = []
    for x in xs: # HERE
        s = shared if x else []
        s.append(x)
        out.append(len(s))
    return out
`,
    obj_made_with_shared_named: `
class W:
    def __init__(self, log): self.log = log
    def go(self, x):
        self.log.append(x)
        return len(self.log)
def f(xs):
    log = []
    out = []
    for x in xs: # HERE
        w = W(log)
        out.append(w.go(x))
    return out
`,
    obj_init_registers: `
class W:
    def __init__(self, log):
        self.log = log
        self.log.append(self)
        self.i = len(log)
def f(xs):
    log = []
    return [W(log).i for x in xs] # HERE
`,
    dict_reused: `
def f(xs):
    row = {}
    out = []
    for x in xs: # HERE
        row['x'] = x
        out.append(row)
    return out
`,
    obj_reused: `
class R: pass
def f(xs):
    r = R()
    out = []
    for x in xs: # HERE
        r.x = x
        out.append(r)
    return out
`,
  },
  'an element is changed in place beside its neighbour': {
    row_alias_smooth: `
def f(g, n):
    for i in range(1, n): # HERE
        row = g[i]
        above = g[i - 1]
        for j in range(n):
            row[j] += above[j]
    return g
`,
    zip_pairs_alias: `
def f(g):
    for a, b in zip(g, g[1:]): # HERE
        for j in range(len(a)):
            b[j] += a[j]
    return g
`,
    zip_slices_np: `
import numpy as np
def f(g):
    for a, b in zip(g[:-1], g[1:]): # HERE
        b += a
    return g
`,
    zip_attr_pairs: `
def f(nodes):
    for a, b in zip(nodes, nodes[1:]): # HERE
        b.total = a.total + b.value
    return nodes
`,
    pairwise_attr: `
import itertools
def f(nodes):
    for a, b in itertools.pairwise(nodes): # HERE
        b.total = a.total + b.value
    return nodes
`,
    enumerate_prev: `
def f(rows):
    for i, row in enumerate(rows): # HERE
        row['sum'] = rows[i - 1]['sum'] + row['x'] if i else row['x']
    return rows
`,
    array_views_list: `
import numpy as np
def f(a):
    parts = np.split(a, 4)
    for p in parts: # HERE
        p += a[0]
    return a
`,
    in_place_smooth_2d: `
def f(g, n):
    for i in range(1, n - 1): # HERE
        for j in range(1, n - 1):
            g[i][j] = (g[i - 1][j] + g[i + 1][j]) / 2
    return g
`,
    perm_swap: `
def f(a, idx):
    for i, j in enumerate(idx): # HERE
        a[i], a[j] = a[j], a[i]
    return a
`,
  },
  'what looks like gathering is none': {
    min_last_tie: `
def f(xs):
    best, who = 1e9, None
    for i, x in enumerate(xs): # HERE
        if x <= best:
            best, who = x, i
    return who
`,
    argmax_key_other: `
def f(xs, w):
    best, who = -1, None
    for i, x in enumerate(xs): # HERE
        if x > best:
            best, who = w[i], i
    return who
`,
    second_largest: `
def f(xs):
    a = b = float('-inf')
    for x in xs: # HERE
        if x > a:
            a, b = x, a
        elif x > b:
            b = x
    return a, b
`,
    or_dict: `
def f(ds):
    d = {}
    for x in ds: # HERE
        d = d | x
    return d
`,
    or_dict_aug: `
def f(ds):
    d = {}
    for x in ds: # HERE
        d |= x
    return d
`,
    set_equal_first: `
class P:
    def __init__(self, x): self.x = x
    def __hash__(self): return int(self.x)
    def __eq__(self, o): return int(self.x) == int(o.x)
def f(xs):
    s = set()
    for x in xs: # HERE
        s.add(P(x))
    return sorted(p.x for p in s)
`,
    dict_last_wins_read: `
def f(xs):
    last = {}
    gaps = []
    for i, x in enumerate(xs): # HERE
        gaps.append(i - last.get(x, i))
        last[x] = i
    return gaps
`,
    group_first_seen: `
def f(rows):
    g = {}
    for k, v in rows: # HERE
        if k not in g:
            g[k] = v
    return g
`,
    group_limited: `
def f(rows):
    g = {}
    for k, v in rows: # HERE
        lst = g.setdefault(k, [])
        if len(lst) < 3:
            lst.append(v)
    return g
`,
    string_prepend_fmt: `
def f(xs):
    s = ''
    for x in xs: # HERE
        s = f'{x}{s}'
    return s
`,
    matrix_power: `
import numpy as np
def f(ms):
    p = np.eye(2)
    for m in ms: # HERE
        p = p @ m
    return p
`,
    clip_aug: `
def f(xs):
    t = 0
    for x in xs: # HERE
        t += x
        if t > 100:
            t = 100
    return t
`,
    sign_inplace: `
def f(xs):
    s = 1
    t = 0
    for x in xs: # HERE
        t += s * x
        s *= -1
    return t
`,
    break_sum: `
def f(xs):
    t = 0
    for x in xs: # HERE
        if x < 0:
            break
        t += x
    return t
`,
  },
  'what it runs over is asked between two trips': {
    iter_callable: `
def f(path):
    out = []
    with open(path, 'rb') as h:
        for block in iter(lambda: h.read(10), b''): # HERE
            out.append(h.tell())
    return out
`,
    enumerate_shared_it: `
def f(xs):
    it = enumerate(xs)
    out = []
    for i, x in it: # HERE
        if x == 0:
            next(it, None)
        out.append(i)
    return out
`,
    range_len_grow: `
def f(queue, graph):
    seen = set(queue)
    for u in queue: # HERE
        for v in graph[u]:
            if v not in seen:
                seen.add(v)
                queue.append(v)
    return queue
`,
  },
  'a remembered result was made for arguments that are only equal': {
    own_equality: `
from functools import lru_cache
class Point:
    def __init__(self, x, tag):
        self.x, self.tag = x, tag
    def __eq__(self, other):
        return self.x == other.x
    def __hash__(self):
        return hash(self.x)
@lru_cache(maxsize=None)
def label(point):
    return f"{point.tag}-{point.x}"
def f(points):
    out = []
    for p in points: # HERE
        out.append(label(p))
    return out
`,
    field_left_out: `
from dataclasses import dataclass, field
from functools import cache
@dataclass(frozen=True)
class Job:
    size: int
    owner: str = field(compare=False)
@cache
def describe(job):
    return job.owner + str(job.size)
def f(rows):
    return [describe(Job(size, owner)) for size, owner in rows] # HERE
`,
    method_of_equal_objects: `
from functools import lru_cache
class Shop:
    def __init__(self, town, prices):
        self.town, self.prices = town, prices
    def __eq__(self, other):
        return self.town == other.town
    def __hash__(self):
        return hash(self.town)
    @lru_cache(maxsize=None)
    def price(self, item):
        return self.prices[item]
def f(rows):
    out = []
    for town, prices in rows: # HERE
        shop = Shop(town, prices)
        out.append(shop.price('tea'))
    return out
`,
  },
  'a trip looks for files that other trips write': {
    listed: `
import os
def f(folder, names):
    counts = []
    for name in names: # HERE
        with open(os.path.join(folder, name), 'w') as file:
            file.write(name)
        counts.append(len(os.listdir(folder)))
    return counts
`,
    listed_by_functions: `
import glob, os
def save(folder, n):
    with open(os.path.join(folder, f'{n}.txt'), 'w') as file:
        file.write(str(n))
def saved(place):
    return glob.glob(place + '/*.txt')
def f(folder, n):
    found = []
    for i in range(n): # HERE
        save(folder, i)
        found.append(len(saved(folder)))
    return found
`,
    asked_before_it_is_written: `
import os
def f(folder, keys):
    fresh = []
    for key in keys: # HERE
        path = os.path.join(folder, key)
        if not os.path.exists(path):
            with open(path, 'w') as file:
                file.write(key)
            fresh.append(key)
    return fresh
`,
    asked_in_a_function: `
from pathlib import Path
def store(folder, key, text):
    target = Path(folder) / key
    if target.exists():
        return False
    target.write_text(text)
    return True
def f(folder, rows):
    return [store(folder, key, text) for key, text in rows] # HERE
`,
    touched: `
def f(folder, ids):
    sizes = []
    for i in ids: # HERE
        (folder / f'{i}.done').touch()
        sizes.append(sum(1 for _ in folder.glob('*.done')))
    return sizes
`,
  },
  'an object that is changed may be that of another trip': {
    a_leader_among_them: `
def f(boids):
    leader = boids[0]
    for boid in boids: # HERE
        boid.x = boid.x * 0.9 + leader.x * 0.1
`,
    seen_by_a_method: `
class Boid:
    def __init__(self, x):
        self.x = x
    def pull(self, others):
        self.x += sum(other.x for other in others) * 0.01
def f(n):
    boids = [Boid(k) for k in range(n)]
    for boid in boids: # HERE
        boid.pull(boids)
    return boids
`,
    pairs: `
def f(bodies):
    pairs = [(a, b) for a in bodies for b in bodies]
    for a, b in pairs: # HERE
        a.v -= b.m * 0.1
        b.v += a.m * 0.1
`,
    one_object_many_times: `
class Box:
    def __init__(self):
        self.x = 1
def f(n):
    boxes = [Box()] * n
    for box in boxes: # HERE
        box.x = box.x * 3 % 7 + 1
    return boxes
`,
    what_it_points_to: `
def f(nodes):
    for node in nodes: # HERE
        node.parent.total = node.parent.total * 2 + node.value
`,
    picked: `
def f(order, boxes):
    for box in [boxes[k] for k in order]: # HERE
        box.x = box.x * 2 + 1
`,
    compared: `
class Box:
    def __init__(self, x):
        self.x = x
    def __lt__(self, other):
        return self.x < other.x
def f(boxes, limit):
    for box in boxes: # HERE
        if box < limit:
            box.x = box.x + 1
`,
  },
  'an entry is not only added to': {
    another_start: `
def f(rows):
    best = {}
    for key, value in rows: # HERE
        if key in best:
            best[key] += 1
        else:
            best[key] = value
    return best
`,
    start_that_is_not_nothing: `
def f(words):
    counts = {}
    for word in words: # HERE
        if word not in counts:
            counts[word] = 5
        counts[word] += 1
    return counts
`,
    another_key: `
def f(pairs):
    counts = {}
    for a, b in pairs: # HERE
        if a in counts:
            counts[b] += 1
        else:
            counts[b] = 1
    return counts
`,
    another_table: `
def f(words, known):
    counts = {}
    for word in words: # HERE
        if word in known:
            counts[word] += 1
        else:
            counts[word] = 1
            known[word] = len(known)
    return counts
`,
    attempted_with_another_start: `
def f(rows):
    sums = {}
    for key, value in rows: # HERE
        try:
            sums[key] += value
        except KeyError:
            sums[key] = value * 2
    return sums
`,
    looked_at: `
def f(words):
    counts, often = {}, []
    for word in words: # HERE
        if word in counts:
            counts[word] += 1
        else:
            counts[word] = 1
        if counts[word] == 3:
            often.append(word)
    return often
`,
    one_list_for_all: `
def f(points, n):
    clusters = [[]] * n
    for x in points: # HERE
        clusters[x % n].append(len(clusters[0]))
    return clusters
`,
    text: `
def f(rows):
    texts = {}
    for key, word in rows: # HERE
        if key in texts:
            texts[key] += len(texts) * 'x'
        else:
            texts[key] = 'a'
    return texts
`,
  },
  'a field of a new object is not its own': {
    given_by_position: `
from dataclasses import dataclass, field
@dataclass
class Order:
    id: int
    lines: list = field(default_factory=list)
def f(raw, shared):
    sizes = []
    for item in raw: # HERE
        order = Order(item, shared)
        order.lines.append(item)
        sizes.append(len(order.lines))
    return sizes
`,
    given_by_name: `
from dataclasses import dataclass, field
@dataclass
class Order:
    id: int
    lines: list = field(default_factory=list)
def f(raw, shared):
    sizes = []
    for item in raw: # HERE
        order = Order(item, lines=shared)
        order.lines.append(item)
        sizes.append(len(order.lines))
    return sizes
`,
    made_once_for_all: `
from dataclasses import dataclass, field
shared = []
def same():
    return shared
@dataclass
class Order:
    id: int
    lines: list = field(default_factory=same)
def f(raw):
    sizes = []
    for item in raw: # HERE
        order = Order(item)
        order.lines.append(item)
        sizes.append(len(order.lines))
    return sizes
`,
    stored_later: `
from dataclasses import dataclass, field
@dataclass
class Order:
    id: int
    lines: list = field(default_factory=list)
def f(raw, shared):
    sizes = []
    for item in raw: # HERE
        order = Order(item)
        order.lines = shared
        order.lines.append(item)
        sizes.append(len(order.lines))
    return sizes
`,
  },
  'a table of functions holds one that keeps something': {
    dispatch_one_counts: `
seen = []
def note(v):
    seen.append(v)
    return len(seen)
def keep(v):
    return v
RULES = {'a': keep, 'b': note}
def f(rows):
    out = []
    for k, v in rows: # HERE
        out.append(RULES[k](v))
    return out
`,
    dispatch_table_changed: `
def keep(v):
    return v
RULES = {'a': keep}
def register(name, fn):
    RULES[name] = fn
def f(rows):
    out = []
    for k, v in rows: # HERE
        out.append(RULES[k](v))
    return out
`,
    dispatch_table_method: `
class Meter:
    def __init__(self):
        self.n = 0
    def tick(self, v):
        self.n += v
        return self.n
    def zero(self, v):
        return 0
def f(rows):
    m = Meter()
    table = {'t': m.tick, 'z': m.zero}
    return [table[k](v) for k, v in rows] # HERE
`,
    dispatch_local_rebound: `
def keep(v):
    return v
log = []
def noisy(v):
    log.append(v)
    return len(log)
def f(rows, flag):
    table = {'a': keep}
    if flag:
        table = {'a': noisy}
    return [table[k](v) for k, v in rows] # HERE
`,
    dispatch_handed_out: `
def keep(v):
    return v
TABLE = {'a': keep}
def plug(table):
    table['a'] = CountCalls()
class CountCalls:
    def __init__(self):
        self.n = 0
    def __call__(self, v):
        self.n += 1
        return self.n
plug(TABLE)
def f(rows):
    return [TABLE['a'](v) for v in rows] # HERE
`,
    dispatch_update: `
def keep(v):
    return v
state = {'n': 0}
def count(v):
    state['n'] += 1
    return state['n']
TABLE = {'a': keep}
TABLE.update(b=count)
def f(rows):
    return [TABLE[k](v) for k, v in rows] # HERE
`,
    dispatch_get_default_bad: `
state = [0]
def keep(v):
    return v
def bump(v):
    state[0] += v
    return state[0]
TABLE = {'a': keep}
def f(rows):
    return [TABLE.get(k, bump)(v) for k, v in rows] # HERE
`,
    steps_list_bad: `
import itertools
ids = itertools.count()
def number(t):
    return f'{next(ids)} {t}'
STEPS = [str.strip, number]
def f(texts):
    out = []
    for t in texts: # HERE
        for step in STEPS:
            t = step(t)
        out.append(t)
    return out
`,
    steps_appended: `
STEPS = [str.strip]
count = [0]
def number(t):
    count[0] += 1
    return t + str(count[0])
STEPS.append(number)
def f(texts):
    out = []
    for t in texts: # HERE
        for step in STEPS:
            t = step(t)
        out.append(t)
    return out
`,
    d_reads_global: `
level = 0
def a(v):
    return v + level
TABLE = {'a': a}
def f(rows):
    global level
    out = []
    for v in rows: # HERE
        out.append(TABLE['a'](v))
        level = v
    return out
`,
    d_lambda_closure: `
def f(rows):
    last = 0
    table = {'a': lambda v: v + last}
    out = []
    for v in rows: # HERE
        out.append(table['a'](v))
        last = v
    return out
`,
    d_alias: `
log = []
def a(v):
    return v
def b(v):
    log.append(v)
    return len(log)
TABLE = {'a': a}
T2 = TABLE
T2['a'] = b
def f(rows):
    return [TABLE['a'](v) for v in rows] # HERE
`,
    d_returned: `
log = []
def a(v):
    return v
def b(v):
    log.append(v)
    return len(log)
TABLE = {'a': a}
def table():
    return TABLE
table()['a'] = b
def f(rows):
    return [TABLE['a'](v) for v in rows] # HERE
`,
    d_setdefault: `
log = []
def a(v):
    return v
def b(v):
    log.append(v)
    return len(log)
TABLE = {'a': a}
TABLE.setdefault('b', b)
def f(rows):
    return [TABLE[k](k) for k in rows] # HERE
`,
    d_merge: `
log = []
def a(v):
    return v
def b(v):
    log.append(v)
    return len(log)
TABLE = {'a': a}
TABLE |= {'b': b}
def f(rows):
    return [TABLE[k](k) for k in rows] # HERE
`,
    d_globals: `
log = []
def a(v):
    return v
def b(v):
    log.append(v)
    return len(log)
TABLE = {'a': a}
globals()['TABLE'] = {'a': b}
def f(rows):
    return [TABLE[k](k) for k in rows] # HERE
`,
    d_class_table: `
log = []
def b(self, v):
    log.append(v)
    return len(log)
class Grade:
    OPS = {'a': abs}
    def run(self, rows):
        return [self.OPS[k](v) for k, v in rows] # HERE
Grade.OPS['a'] = b
`,
    d_self_table: `
class Grade:
    def __init__(self):
        self.n = 0
        self.ops = {'a': self.tick, 'b': abs}
    def tick(self, v):
        self.n += v
        return self.n
    def run(self, rows):
        return [self.ops[k](v) for k, v in rows] # HERE
`,
    d_self_table_set: `
log = []
def noisy(v):
    log.append(v)
    return len(log)
class Grade:
    def __init__(self):
        self.ops = {'b': abs}
    def run(self, rows):
        return [self.ops[k](v) for k, v in rows] # HERE
g = Grade()
g.ops['b'] = noisy
g.run([])
`,
    d_self_table_subclass: `
log = []
def noisy(v):
    log.append(v)
    return len(log)
class Grade:
    def __init__(self):
        self.ops = {'b': abs}
    def run(self, rows):
        return [self.ops[k](v) for k, v in rows] # HERE
class Other(Grade):
    def __init__(self):
        self.ops = {'b': noisy}
Other().run([])
`,
    d_accumulated_read: `
class State:
    def __init__(self):
        self.total = 0
state = State()
def a(v):
    return v + state.total
TABLE = {'a': a}
def f(rows):
    out = []
    for v in rows: # HERE
        state.total += v
        out.append(TABLE['a'](v))
    return out
`,
    d_next: `
TABLE = {'n': next, 'l': len}
def f(rows):
    it = iter(range(10**9))
    return [TABLE['n'](it) for _ in rows] # HERE
`,
    d_list_append: `
OPS = {'a': list.append, 'c': list.count}
def f(rows):
    shared = []
    out = []
    for v in rows: # HERE
        OPS['a'](shared, v)
        out.append(len(shared))
    return out
`,
    d_class_counts: `
class Item:
    made = 0
    def __init__(self, v):
        Item.made += 1
        self.id = Item.made
KINDS = {'i': Item}
def f(rows):
    return [KINDS['i'](v).id for v in rows] # HERE
`,
    d_conditional: `
log = []
def a(v):
    return v
def b(v):
    log.append(v)
    return len(log)
def f(rows, flag):
    fn = a if flag else b
    return [fn(v) for v in rows] # HERE
`,
    d_argument_changed: `
def put(store, v):
    store.append(v)
    return len(store)
def peek(store, v):
    return v
OPS = {'p': put, 'k': peek}
def f(rows):
    store = []
    return [OPS[k](store, v) for k, v in rows] # HERE
`,
  },
  'a function is given that keeps something': {
    parameter_function_bad: `
total = 0
def running(x):
    global total
    total += x
    return total
def plain(x):
    return x
def apply_all(fn, xs):
    return [fn(x) for x in xs] # HERE
print(apply_all(plain, [1, 2]))
print(apply_all(running, [1, 2]))
`,
    parameter_function_escapes: `
def plain(x):
    return x
def apply_all(fn, xs):
    return [fn(x) for x in xs] # HERE
class Count:
    n = 0
    def __call__(self, x):
        Count.n += 1
        return Count.n
run = apply_all
print(apply_all(plain, [1, 2]))
print(run(Count(), [1, 2]))
`,
    parameter_function_stars: `
def plain(x):
    return x
state = []
def bad(x):
    state.append(x)
    return len(state)
def apply_all(fn, xs):
    return [fn(x) for x in xs] # HERE
args = (bad, [1, 2])
print(apply_all(plain, [1, 2]))
print(apply_all(*args))
`,
    parameter_function_default_bad: `
state = []
def bad(x):
    state.append(x)
    return len(state)
def apply_all(xs, fn=bad):
    return [fn(x) for x in xs] # HERE
print(apply_all([1, 2]))
print(apply_all([1, 2], abs))
`,
    parameter_function_rebound: `
state = []
def bad(x):
    state.append(x)
    return len(state)
def wrap(fn):
    def inner(x):
        state.append(x)
        return fn(x) + len(state)
    return inner
def apply_all(fn, xs):
    fn = wrap(fn)
    return [fn(x) for x in xs] # HERE
print(apply_all(abs, [1, 2]))
`,
    parameter_function_bound_method: `
class Running:
    def __init__(self):
        self.total = 0
    def add(self, x):
        self.total += x
        return self.total
def apply_all(fn, xs):
    return [fn(x) for x in xs] # HERE
print(apply_all(Running().add, [1, 2]))
`,
    parameter_closure_counter: `
def counter():
    n = 0
    def step(x):
        nonlocal n
        n += x
        return n
    return step
def apply_all(fn, xs):
    return [fn(x) for x in xs] # HERE
print(apply_all(counter(), [1, 2]))
`,
    partial_keeps: `
from functools import partial
def add(store, x):
    store.append(x)
    return len(store)
def f(xs):
    keep = partial(add, [])
    return [keep(x) for x in xs] # HERE
`,
    p_thread_target: `
from threading import Thread
log = []
def bad(v):
    log.append(v)
    return len(log)
def apply_all(fn, xs):
    return [fn(x) for x in xs] # HERE
apply_all(abs, [1])
Thread(target=apply_all, args=(bad, [1, 2])).start()
`,
    p_nested_default: `
log = []
def bad(v):
    log.append(v)
    return len(log)
def apply_all(fn, xs):
    return [fn(x) for x in xs] # HERE
def run(xs, how=apply_all):
    return how(bad, xs)
apply_all(abs, [1])
run([1])
`,
    p_decorated: `
log = []
def bad(v):
    log.append(v)
    return len(log)
def swap(function):
    return lambda fn, xs: function(bad, xs)
@swap
def apply_all(fn, xs):
    return [fn(x) for x in xs] # HERE
apply_all(abs, [1])
`,
    p_kwargs: `
log = []
def bad(v):
    log.append(v)
    return len(log)
def apply_all(xs, fn=abs):
    return [fn(x) for x in xs] # HERE
options = {'fn': bad}
apply_all([1], **options)
`,
    namedtuple_replaced: `
from collections import namedtuple
made = []
Point = namedtuple('Point', 'x y')
if made is not None:
    def Point(x, y):
        made.append(x)
        return len(made)
def f(raw):
    return [Point(x, y) for x, y in raw] # HERE
`,
    p_keyword: `
log = []
def bad(v):
    log.append(v)
    return len(log)
def apply_all(xs, fn=abs):
    return [fn(x) for x in xs] # HERE
apply_all([1], fn=bad)
`,
    p_caller_of_caller: `
log = []
def bad(v):
    log.append(v)
    return len(log)
def inner(fn, xs):
    return [fn(x) for x in xs] # HERE
def outer(fn, xs):
    return inner(fn, xs)
outer(abs, [1])
outer(bad, [1])
`,
    p_nested_closure: `
log = []
def bad(v):
    log.append(v)
    return len(log)
def make(fn):
    def run(xs):
        return [fn(x) for x in xs] # HERE
    return run
make(abs)([1])
make(bad)([1])
`,
    p_random: `
import random
def draw(v):
    return random.random()
def apply_all(fn, xs):
    return [fn(x) for x in xs] # HERE
apply_all(draw, [1])
`,
  },
  'a lambda looks at what other trips change, or changes it': {
    lambda_closure_plain: `
def f(rows):
    last = 0
    g = lambda v: v + last
    out = []
    for v in rows: # HERE
        out.append(g(v))
        last = v
    return out
`,
    lambda_closure_list: `
def f(rows):
    seen = []
    g = lambda v: v + len(seen)
    out = []
    for v in rows: # HERE
        out.append(g(v))
        seen.append(v)
    return out, seen
`,
    key_lambda_name: `
def f(rows):
    seen = []
    k = lambda v: (seen.append(v), len(seen))[1]
    return [min(row, key=k) for row in rows] # HERE
`,
    key_function_changes: `
seen = []
def k(v):
    seen.append(v)
    return len(seen)
KEYS = {'a': k}
def f(rows):
    return [min(row, key=KEYS['a']) for row in rows] # HERE
`,
    key_parameter: `
seen = []
def k(v):
    seen.append(v)
    return len(seen)
def best(rows, key):
    return [min(row, key=key) for row in rows] # HERE
best([[1, 2]], k)
`,
  },
  'a function of a table works on what other trips use': {
    alias_from_table: `
def pick(rows):
    return rows[0]
T = {'p': pick}
def f(rows, xs):
    out = []
    for x in xs: # HERE
        row = T['p'](rows)
        row.append(x)
        out.append(len(row))
    return out
`,
    alias_from_parameter: `
def pick(rows):
    return rows[0]
def f(rows, xs, how):
    out = []
    for x in xs: # HERE
        row = how(rows)
        row[0] += x
        out.append(row[0])
    return out
f([[1]], [1, 2], pick)
`,
    file_from_table: `
def save(x):
    with open('out.txt', 'w') as h:
        h.write(str(x))
def load(x):
    with open('out.txt') as h:
        return h.read() + x
T = {'s': save, 'l': load}
def f(xs):
    out = []
    for x in xs: # HERE
        T['s'](x)
        out.append(T['l'](x))
    return out
`,
    file_append_table: `
def save(x):
    with open('out.txt', 'a') as h:
        h.write(str(x))
T = {'s': save}
def f(xs):
    for x in xs: # HERE
        T['s'](x)
`,
    file_name_given: `
def save(path, x):
    with open(path, 'w') as h:
        h.write(str(x))
    return x
T = {'s': save}
def f(xs):
    out = []
    for x in xs: # HERE
        out.append(T['s']('one.txt', x))
    return out
`,
    returned_view: `
import numpy as np
def half(a):
    return a[:5]
T = {'h': half}
def f(a, n):
    for i in range(1, n): # HERE
        v = T['h'](a)
        v[i] = a[i - 1] + v[i]
    return a
`,
    generator_from_table: `
def feed(xs):
    for x in xs:
        yield x
T = {'f': feed}
def f(xs, n):
    source = T['f'](xs)
    return [next(source) + k for k in range(n)] # HERE
`,
    reads_list_changed: `
rows = []
def size(x):
    return x + len(rows)
T = {'s': size}
def f(xs):
    out = []
    for x in xs: # HERE
        rows.append(x)
        out.append(T['s'](x))
    return out
`,
    reads_object_field: `
class Box:
    def __init__(self):
        self.n = 0
box = Box()
def get(x):
    return x + box.n
T = {'g': get}
def f(xs):
    out = []
    for x in xs: # HERE
        out.append(T['g'](x))
        box.n = x
    return out
`,
    reads_array_given: `
def left(a, i):
    return a[i - 1]
T = {'l': left}
def f(a, n):
    for i in range(1, n): # HERE
        a[i] = T['l'](a, i) + 1
    return a
`,
    reads_array_parameter: `
def left(a, i):
    return a[i - 1]
def f(a, n, how):
    for i in range(1, n): # HERE
        a[i] = how(a, i) + 1
    return a
f([1, 2, 3], 3, left)
`,
    reads_array_by_lambda: `
def f(a, n):
    left = lambda i: a[i - 1]
    for i in range(1, n): # HERE
        a[i] = left(i) + 1
    return a
`,
    reads_array_by_table_lambda: `
def f(a, n):
    t = {'l': lambda i: a[i - 1]}
    for i in range(1, n): # HERE
        a[i] = t['l'](i) + 1
    return a
`,
    reads_global_array: `
a = [0] * 100
def left(i):
    return a[i - 1]
T = {'l': left}
def f(n):
    for i in range(1, n): # HERE
        a[i] = T['l'](i) + 1
    return a
`,
  },
};
