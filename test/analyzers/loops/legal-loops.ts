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
};
