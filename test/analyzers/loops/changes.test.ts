import assert from 'node:assert/strict';
import { loadSyntax } from '../../../analyzers/syntax/parser';
import { factsOf, inFunction } from './sample';

/** Why the loop over `work(x)` ties trips together; the functions stand around it. */
function ties(functions: string, loop = 'for x in xs:\n    ys.append(work(x))'): string[] {
  const facts = factsOf(`def main(xs, log):\n    ys = []\n    ${loop.replaceAll('\n', '\n    ')}\n    return ys\n\n${functions}\n`);
  return [...facts.carried.map((one) => one.why), ...facts.effects.map((one) => one.why)];
}
const free = (functions: string, loop?: string): void => assert.deepEqual(ties(functions, loop), [], functions);
const tied = (functions: string, pattern: RegExp, loop?: string): void => {
  const found = ties(functions, loop);
  assert.ok(
    found.some((why) => pattern.test(why)),
    `${functions}\n${found.join('\n')}`,
  );
};

describe('what a called function changes', () => {
  before(loadSyntax);

  it('is followed through calls without arguments', () => {
    tied('last = [0]\ndef tick():\n    last[0] += 1\ndef work(x):\n    tick()\n    return x', /global `last`/);
    tied('class Box:\n    n = 0\n    def bump(self):\n        self.n += 1\nBOX = Box()\ndef work(x):\n    BOX.bump()\n    return x', /global `BOX`/);
  });

  it('is all that it changes, not only the first', () => {
    tied('SEEN = []\ndef note(row, x):\n    row.append(x)\n    SEEN.append(x)\ndef work(x):\n    row = []\n    note(row, x)\n    return row', /SEEN/);
    tied('import random\ndef mix(row):\n    row.append(1)\n    return random.random()\ndef work(x):\n    row = []\n    return mix(row)', /random/);
  });

  it('is nothing where it changes only what it made', () => {
    free('import hashlib\ndef work(x):\n    h = hashlib.sha256()\n    h.update(x)\n    return h.hexdigest()');
    free('def fill(row, x):\n    row[0] = x\n    row.append(x)\ndef work(x):\n    row = [0]\n    fill(row, x)\n    return row');
    free('def work(x):\n    groups = {}\n    for k in x:\n        groups.setdefault(k, []).append(k)\n    return groups');
    free('def work(x):\n    grid = [[0] * 3 for _ in range(3)]\n    grid[1][2] = x\n    return grid');
    free('class Sum:\n    def __init__(self):\n        self.parts = []\n    def add(self, v):\n        self.parts.append(v)\ndef work(x):\n    s = Sum()\n    s.add(x)\n    return s');
    free('import json\ndef work(x):\n    d = json.loads(x)\n    d["a"]["b"] = 1\n    return d');
    free('def work(x):\n    x = list(x)\n    x.append(1)\n    return x');
  }); // prettier-ignore

  it('is what lies inside of a new container as well', () => {
    tied('TABLE = [[1], [2]]\ndef work(x):\n    rows = list(TABLE)\n    rows[0].append(x)\n    return x', /TABLE|rows/);
    tied('def work(x):\n    for row in x:\n        row.append(1)\n    return x', /argument `x`/);
    tied('class Sum:\n    def __init__(self, parts):\n        self.parts = parts\n    def add(self, v):\n        self.parts.append(v)\nPARTS = []\ndef work(x):\n    s = Sum(PARTS)\n    s.add(x)\n    return s', /what `s` holds|PARTS|`s`/);
    tied('def work(x, memo=[]):\n    memo.append(x)\n    return len(memo)', /memo/);
  }); // prettier-ignore

  it('is where a shared file or iterator stands', () => {
    tied('fh = open("lines.txt")\ndef work(x):\n    return fh.readline()', /global `fh`/);
    tied('ids = iter(range(9))\ndef work(x):\n    return next(ids)', /global `ids`/);
    tied('', /takes items|used up/, 'it = iter(xs)\nfor x in range(3):\n    ys.append(list(it))');
    free('def work(x):\n    with open(x) as fh:\n        return fh.readline() + fh.read()');
    free('import urllib.request\ndef work(x):\n    with urllib.request.urlopen(x) as answer:\n        return answer.read()');
  });

  it('is one and the same file only where the path stays, or lines are added', () => {
    tied('def work(x):\n    with open("log.txt", "a") as fh:\n        fh.write(x)', /adds to a file/);
    tied('PATH = "out.txt"\ndef work(x):\n    with open(PATH, "w") as fh:\n        fh.write(x)', /one and the same file/);
    free('def work(x):\n    with open(f"out{x}.txt", "w") as fh:\n        fh.write(x)');
    tied('import os\ndef work(x):\n    os.rename(x, x + "1")', /os\.rename/);
  });

  it('is found where no call is written: properties, operators', () => {
    const counter = 'class Sensor:\n    def __init__(self):\n        self.reads = 0\n    @property\n    def value(self):\n        self.reads += 1\n        return self.reads\n    def __getitem__(self, i):\n        self.reads += 1\n        return i\nSENSOR = Sensor()\n';
    tied(`${counter}def work(x):\n    return SENSOR.value`, /Sensor\.value/);
    tied(counter, /Sensor\.value/, 'for x in xs:\n    ys.append(log.value)');
    tied(counter, /Sensor\.__getitem__/, 'for x in range(3):\n    ys.append(log[x])');
    free('class Point:\n    @property\n    def norm(self):\n        return self.x\n', 'for x in xs:\n    ys.append(x.norm)');
  }); // prettier-ignore

  it('may be what a derived class does in its place', () => {
    const base = 'class Base:\n    def run(self, xs):\n        for x in xs:\n            self.step(x)\n    def step(self, x):\n        return x\n';
    assert.deepEqual(factsOf(base).carried, []);
    const derived = `${base}class Loud(Base):\n    def step(self, x):\n        self.total = x\n`;
    assert.ok(factsOf(derived).carried.some((one) => /self\.total/.test(one.why)));
    tied(
      'class A:\n    n = 0\n    def hit(self):\n        self.n += 1\nclass B(A):\n    pass\nb = B()\ndef work(x):\n    b.hit()\n    return x',
      /global `b`/,
    );
  });

  it('is said of the call: the trip’s own, or what the loop gathers', () => {
    const facts = factsOf(inFunction('for x in xs:\n    row = []\n    row.append(x)\n    out.append(row)\n    obj.push(x)', 'out', 'out = []'));
    assert.deepEqual(
      facts.calls.map((one) => [one.written, one.changes]),
      [
        ['row.append', 'trip'],
        ['out.append', 'accumulator'],
        ['obj.push', undefined],
      ],
    );
  });
});

describe('arrays that share memory', () => {
  before(loadSyntax);

  it('tie trips together where one is a moved view of the other', () => {
    const carried = (text: string): number => factsOf(text).carried.length;
    assert.ok(carried('def f(m, n):\n    v = m[1:]\n    for i in range(n):\n        v[i] = m[i] + 1\n') > 0);
    assert.ok(carried('def f(m, v, n):\n    for i in range(n):\n        v[i] = m[i] + 1\ndef g(a):\n    f(a[:-1], a[1:], 9)\n') > 0);
    assert.equal(carried('def f(m, v, n):\n    for i in range(n):\n        v[i] = m[i] + 1\ndef g(a, b):\n    f(a, b, 9)\n'), 0);
  });
});

describe('rows of a table', () => {
  before(loadSyntax);

  it('are one row where the list was multiplied', () => {
    const carried = (made: string): number =>
      factsOf(`def f(n):\n    t = ${made}\n    for i in range(n):\n        for j in range(n):\n            t[i][j] = i * j\n    return t\n`).carried
        .length;
    assert.ok(carried('[[0] * 9] * 9') > 0);
    assert.equal(carried('[[0] * 9, [0] * 9]'), 0);
  });
});

describe('the clock', () => {
  before(loadSyntax);

  it('goes with the order of the trips', () => {
    const effects = (value: string): number => factsOf(`import time\n${inFunction(`for x in xs:\n    ys.append(${value})`)}`).effects.length;
    assert.equal(effects('time.time()') > 0, true);
    assert.equal(effects('time.sleep(x)') > 0, false);
  });
});

describe('bounds of an index', () => {
  before(loadSyntax);

  it('keep places apart that never meet', () => {
    const carried = (loop: string): string[] => factsOf(inFunction(loop, 'ys', 'ys = [0] * n')).carried.map((one) => one.why);
    for (const loop of [
      'for i in range(n):\n    ys[i] = ys[i + n]',
      'for i in range(100):\n    ys[i] = ys[i + 100]',
      'for i in range(10):\n    ys[2 * i] = ys[4 * i + 1]',
      'for i in range(10):\n    ys[i] = ys[50]',
      'for i in range(len(xs)):\n    for j in range(xs.shape[0]):\n        xs[i][j] = 0',
      'for k in sorted(set(xs)):\n    d[k] = k',
    ]) assert.deepEqual(carried(loop), [], loop); // prettier-ignore
    for (const loop of [
      'for i in range(n):\n    ys[i] = ys[i + n - 1]',
      'for i in range(101):\n    ys[i] = ys[i + 100]',
      'for i in range(10):\n    ys[2 * i] = ys[4 * i + 2]',
      'for i in range(10):\n    ys[i] = ys[5]',
      'for i in range(10):\n    ys[2 * i] = ys[2 * i - 1]',
      'for i in range(n):\n    i = i // 2\n    ys[i] = i',
      'for i in range(n):\n    i += 1\n    ys[i] = ys[i - 1]',
    ]) assert.ok(carried(loop).length > 0, loop); // prettier-ignore
  });
});
