/** Loops whose trips may run in any order: by what they are, and each marked with `# HERE`. */
export const legalLoops: Record<string, Record<string, string>> = {
  'each trip changes its own element': {
    fields: `
def f(particles, dt):
    for p in particles: # HERE
        p.x += p.v * dt
        if p.x > 100:
            p.x = 100.0
            p.v = -p.v
`,
    method: `
class Particle:
    def __init__(self, x, v):
        self.x, self.v = x, v
    def move(self, dt):
        self.x += self.v * dt
class World:
    def __init__(self):
        self.lead = Particle(0, 1)
    def f(self, dt):
        for k in range(10): # HERE
            own = Particle(k, 1)
            own.move(dt)
`,
    numbered: `
def f(rows):
    for i, row in enumerate(rows): # HERE
        row.position = i
        row.score = row.hits / (row.tries + 1)
`,
    values_of_a_dictionary: `
def f(accounts, rate):
    total = 0.0
    for name, account in accounts.items(): # HERE
        account.balance *= 1 + rate
        total += account.balance
    return total
`,
    function_of_the_element: `
def energy(p):
    return p.m * p.v ** 2
def f(particles):
    for p in particles: # HERE
        p.e = energy(p)
`,
  },
  'results are remembered by what they were made for': {
    plain: `
from functools import lru_cache
@lru_cache(maxsize=None)
def work(n):
    return n * n
def f(ns):
    return [work(n) for n in ns] # HERE
`,
    other_classes_of_the_file: `
from functools import lru_cache
class Box:
    def __init__(self, x):
        self.x = x
@lru_cache(maxsize=None)
def work(n):
    return n * n
def f(ns):
    return [work(n) for n in ns] # HERE
`,
  },
  'each trip reads and writes files of its own': {
    converted: `
import os
def f(source, target, names):
    for name in names: # HERE
        with open(os.path.join(source, name)) as file:
            text = file.read()
        with open(os.path.join(target, name), 'w') as file:
            file.write(text.upper())
`,
    asked_for_the_input: `
import os
def f(paths, target):
    missing = []
    for path in paths: # HERE
        if not os.path.exists(path):
            missing.append(path)
            continue
        with open(path) as file:
            text = file.read()
        with open(os.path.join(target, os.path.basename(path)), 'w') as file:
            file.write(text)
    return missing
`,
    folders_listed: `
import os
def f(folders, target):
    for folder in folders: # HERE
        names = os.listdir(folder)
        with open(os.path.join(target, os.path.basename(folder)), 'w') as file:
            file.write('\\n'.join(names))
`,
  },
  'entries are added up or gathered by key': {
    tested: `
def f(words):
    counts = {}
    for word in words: # HERE
        if word in counts:
            counts[word] += 1
        else:
            counts[word] = 1
    return counts
`,
    tested_the_other_way: `
def f(rows):
    groups = {}
    for key, value in rows: # HERE
        if key not in groups:
            groups[key] = [value]
        else:
            groups[key].append(value)
    return groups
`,
    made_empty_first: `
def f(rows):
    sums, groups = {}, {}
    for row in rows: # HERE
        key = row['k']
        if key not in sums:
            sums[key] = 0
        sums[key] += row['v']
        if key not in groups:
            groups[key] = []
        groups[key].append(row)
    return sums, groups
`,
    attempted: `
def f(words):
    counts = {}
    for word in words: # HERE
        try:
            counts[word] += 1
        except KeyError:
            counts[word] = 1
    return counts
`,
    fields: `
class Tally:
    def __init__(self):
        self.total = 0
        self.by_level = {}
    def feed(self, rows):
        for level, size in rows: # HERE
            self.total += int(size)
            self.by_level[level] = self.by_level.get(level, 0) + 1
`,
    lists_by_number: `
def f(points, centres):
    clusters = [[] for _ in centres]
    for x, y in points: # HERE
        at = min(range(len(centres)), key=lambda k: (x - centres[k][0]) ** 2 + (y - centres[k][1]) ** 2)
        clusters[at].append((x, y))
    return clusters
`,
  },
  'a new object of a data class has fields of its own': {
    list_made_for_it: `
from dataclasses import dataclass, field
@dataclass
class Order:
    id: int
    lines: list = field(default_factory=list)
    total: float = 0.0
def f(raw):
    orders = []
    for item in raw: # HERE
        order = Order(item['id'])
        for name, price in item['lines']:
            order.lines.append(name)
            order.total += price
        orders.append(order)
    return orders
`,
    named_arguments: `
from dataclasses import dataclass, field
@dataclass
class Group:
    key: str = ''
    rows: set = field(default_factory=set)
def f(raw):
    groups = []
    for key, row in raw: # HERE
        group = Group(key=key)
        group.rows.add(row)
        groups.append(group)
    return groups
`,
  },
  'functions of a table keep nothing': {
    dispatch_dict: `
def area_circle(s):
    return 3.14159 * s['r'] ** 2
def area_rect(s):
    return s['w'] * s['h']
AREAS = {'circle': area_circle, 'rect': area_rect}
def f(shapes):
    total = 0.0
    for s in shapes: # HERE
        total += AREAS[s['kind']](s)
    return total
`,
    dispatch_get: `
import math
def celsius(v):
    return v
def fahrenheit(v):
    return (v - 32) * 5 / 9
CONVERT = {'C': celsius, 'F': fahrenheit, 'K': lambda v: v - 273.15, 'S': math.sqrt}
def f(readings):
    out = []
    for unit, value in readings: # HERE
        convert = CONVERT[unit]
        out.append(convert(value))
    return out
`,
    dispatch_get_default: `
def up(v):
    return v.upper()
def keep(v):
    return v
RULES = {'name': up, 'city': up}
def f(rows):
    out = []
    for row in rows: # HERE
        out.append({k: RULES.get(k, keep)(v) for k, v in row.items()})
    return out
`,
    dispatch_list: `
STEPS = [str.strip, str.lower, lambda t: t.replace('-', ' ')]
def f(texts):
    out = []
    for t in texts: # HERE
        for step in STEPS:
            t = step(t)
        out.append(t)
    return out
`,
    dispatch_tuple_own: `
def no_tabs(t):
    return t.replace('\\t', ' ')
def short(t):
    return t[:80]
def clean(t):
    for step in (no_tabs, short):
        t = step(t)
    return t
def f(texts):
    out = []
    for t in texts: # HERE
        out.append(clean(t))
    return out
`,
    dict_of_lambdas_local: `
def f(rows):
    ops = {'+': lambda a, b: a + b, '-': lambda a, b: a - b, '*': lambda a, b: a * b}
    out = []
    for op, a, b in rows: # HERE
        out.append(ops[op](a, b))
    return out
`,
    operator_table: `
import operator
OPS = {'+': operator.add, '-': operator.sub, '*': operator.mul}
def run(tokens):
    stack = []
    for t in tokens:
        if t in OPS:
            b = stack.pop()
            a = stack.pop()
            stack.append(OPS[t](a, b))
        else:
            stack.append(int(t))
    return stack[0]
def f(lines):
    out = []
    for line in lines: # HERE
        out.append(run(line.split()))
    return out
`,
    method_table: `
class Shape:
    def __init__(self, kind, a, b):
        self.kind, self.a, self.b = kind, a, b
    def circle(self):
        return 3.14 * self.a ** 2
    def rect(self):
        return self.a * self.b
    def area(self):
        table = {'circle': self.circle, 'rect': self.rect}
        return table[self.kind]()
def f(rows):
    out = 0.0
    for kind, a, b in rows: # HERE
        out += Shape(kind, a, b).area()
    return out
`,
  },
  'functions that are given keep nothing': {
    function_parameter: `
def integrate(fn, a, b, n):
    h = (b - a) / n
    total = 0.0
    for i in range(n): # HERE
        total += fn(a + (i + 0.5) * h)
    return total * h
def square(x):
    return x * x
def cube(x):
    return x * x * x
if __name__ == '__main__':
    print(integrate(square, 0, 1, 1000))
    print(integrate(cube, 0, 1, 1000))
    print(integrate(lambda x: x + 1, 0, 1, 1000))
`,
    function_parameter_stdlib: `
import math
def apply_all(fn, xs):
    return [fn(x) for x in xs] # HERE
def main():
    print(sum(apply_all(math.sin, range(100))))
    print(sum(apply_all(math.cos, range(100))))
main()
`,
    function_parameter_keyword: `
def score(rows, key=len, weight=None):
    out = []
    for row in rows: # HERE
        out.append(key(row))
    return out
print(score([[1], [2, 3]]))
print(score([[1], [2, 3]], key=sum))
`,
    partial_applied: `
from functools import partial
def scaled(k, x):
    return k * x
def f(xs):
    twice = partial(scaled, 2)
    return [twice(x) for x in xs] # HERE
`,
  },
  'each trip works with what it makes for itself': {
    local_class: `
def f(rows):
    class Item:
        def __init__(self, price, count):
            self.price = price
            self.count = count
        def total(self):
            return self.price * self.count
    out = 0
    for price, count in rows: # HERE
        out += Item(price, count).total()
    return out
`,
    local_function: `
def f(rows, rate):
    def taxed(row):
        return row['price'] * (1 + rate)
    out = []
    for row in rows: # HERE
        out.append(taxed(row))
    return out
`,
    local_class_dataclass: `
from dataclasses import dataclass
def f(rows):
    @dataclass
    class Pair:
        a: int
        b: int
    return [Pair(a, b).a * b for a, b in rows] # HERE
`,
    enum_weights: `
from enum import Enum
class Level(Enum):
    LOW = 1
    HIGH = 2
    @property
    def weight(self):
        return self.value * 10
def f(tasks):
    total = 0
    for level, n in tasks: # HERE
        total += Level(level).weight * n
    return total
`,
    try_except_count: `
def f(texts):
    good = 0
    bad = 0
    for t in texts: # HERE
        try:
            good += int(t)
        except ValueError:
            bad += 1
    return good, bad
`,
    date_parse: `
from datetime import datetime
def f(rows):
    days = []
    for row in rows: # HERE
        d = datetime.strptime(row['date'], '%Y-%m-%d')
        days.append(d.weekday())
    return days
`,
    regex_groups: `
import re
PATTERN = re.compile(r'(\\w+)=(\\d+)')
def f(lines):
    totals = {}
    for line in lines: # HERE
        m = PATTERN.match(line)
        if m is None:
            continue
        key, value = m.groups()
        totals[key] = totals.get(key, 0) + int(value)
    return totals
`,
    namedtuple_rows: `
from collections import namedtuple
from operator import itemgetter
Point = namedtuple('Point', 'x y')
first = itemgetter(0)
def f(raw):
    out = []
    for x, y in raw: # HERE
        p = Point(x, y)
        out.append(p.x * p.x + first(p))
    return out
`,
    typed_namedtuple: `
from typing import NamedTuple
class Point(NamedTuple):
    x: float
    y: float
    def norm(self):
        return (self.x ** 2 + self.y ** 2) ** 0.5
def f(raw):
    return [Point(x, y).norm() for x, y in raw] # HERE
`,
    heap_per_trip: `
import heapq
def dijkstra(graph, start):
    dist = {start: 0}
    heap = [(0, start)]
    while heap:
        d, u = heapq.heappop(heap)
        if d > dist[u]:
            continue
        for v, w in graph[u]:
            if d + w < dist.get(v, 1e18):
                dist[v] = d + w
                heapq.heappush(heap, (d + w, v))
    return dist
def f(graph, starts):
    out = {}
    for s in starts: # HERE
        out[s] = max(dijkstra(graph, s).values())
    return out
`,
    generator_helper: `
def pairs(xs):
    for i in range(len(xs) - 1):
        yield xs[i], xs[i + 1]
def f(rows):
    out = []
    for row in rows: # HERE
        out.append(sum(abs(a - b) for a, b in pairs(row)))
    return out
`,
    string_builder: `
def f(texts):
    out = []
    for text in texts: # HERE
        parts = []
        for ch in text:
            if ch.isalnum():
                parts.append(ch.lower())
        out.append(''.join(parts))
    return out
`,
    seeded_per_trip: `
import random
def f(seeds):
    out = []
    for seed in seeds: # HERE
        rng = random.Random(seed)
        inside = 0
        for _ in range(100):
            if rng.random() ** 2 + rng.random() ** 2 < 1:
                inside += 1
        out.append(inside)
    return out
`,
    copies_then_changes: `
import copy
def f(boards):
    out = []
    for board in boards: # HERE
        mine = copy.deepcopy(board)
        mine[0][0] = 1
        out.append(sum(map(sum, mine)))
    return out
`,
    method_on_new_object: `
class Matrix:
    def __init__(self, rows):
        self.rows = [list(r) for r in rows]
    def transpose(self):
        return Matrix(zip(*self.rows))
    def trace(self):
        return sum(self.rows[i][i] for i in range(len(self.rows)))
def f(all_rows):
    out = []
    for rows in all_rows: # HERE
        m = Matrix(rows).transpose()
        out.append(m.trace())
    return out
`,
    min_by_key: `
def f(items, target):
    best = None
    best_d = float('inf')
    for item in items: # HERE
        d = abs(item['v'] - target)
        if d < best_d:
            best_d = d
            best = item
    return best
`,
    group_setdefault: `
def f(orders):
    by = {}
    for o in orders: # HERE
        by.setdefault(o['city'], []).append(o['amount'])
    return by
`,
    counter_update: `
from collections import Counter
def f(docs):
    counts = Counter()
    for doc in docs: # HERE
        counts.update(doc.lower().split())
    return counts
`,
    while_counter: `
def f(xs, ys):
    out = [0] * len(xs)
    i = 0
    while i < len(xs): # HERE
        out[i] = xs[i] * ys[i]
        i += 1
    return out
`,
    static_and_class_methods: `
class Grade:
    LIMITS = [(90, 'A'), (80, 'B')]
    @staticmethod
    def clean(v):
        return max(0, min(100, v))
    @classmethod
    def of(cls, v):
        for limit, name in cls.LIMITS:
            if v >= limit:
                return name
        return 'F'
def f(marks):
    return [Grade.of(Grade.clean(m)) for m in marks] # HERE
`,
    abstract_strategy: `
from abc import ABC, abstractmethod
class Pricer(ABC):
    @abstractmethod
    def price(self, n):
        ...
class Flat(Pricer):
    def price(self, n):
        return 3 * n
class Step(Pricer):
    def __init__(self, limit):
        self.limit = limit
    def price(self, n):
        return 3 * n if n < self.limit else 2 * n
def f(orders):
    pricer = Step(10)
    out = []
    for n in orders: # HERE
        out.append(pricer.price(n))
    return out
`,
    set_membership: `
def f(words, stop):
    stop = set(stop)
    out = []
    for w in words: # HERE
        if w in stop:
            continue
        out.append(w[::-1])
    return out
`,
  },
};
