import assert from 'node:assert/strict';
import { loadSyntax } from '../../../analyzers/syntax/parser';
import { allFacts, factsOf, inFunction } from './sample';

/** "purity io" of the call of the loop that is written so. */
function call(expression: string, { before = '', top = '', loop = '' } = {}): string {
  const facts = allFacts(`${top}\n${inFunction(loop || `for x in xs:\n    ${expression}`, '', before)}`).find((one) => one.owner?.name === 'f');
  assert.ok(facts);
  const written = expression.slice(0, expression.indexOf('('));
  const found = facts.calls.find((one) => one.written === written) ?? facts.calls[0];
  assert.ok(found, expression);
  assert.match(found.why, /^`.+` \(line \d+\) .+\.$/);
  return found.io === null ? found.purity : `${found.purity} ${found.io}`;
}

describe('calls of a loop', () => {
  before(loadSyntax);

  it('are known for builtins and the standard library', () => {
    const top =
      'import math, re, json, time, os, subprocess, sqlite3, random, urllib.request, logging, hashlib, itertools, heapq\nfrom pathlib import Path';
    const expected = {
      'abs(x)': 'pure', 'math.sqrt(x)': 'pure', 're.match("a", x)': 'pure', 'json.loads(x)': 'pure', 'hashlib.sha256(x)': 'pure', 'itertools.chain(x)': 'pure',
      'print(x)': 'io console', 'input()': 'io console', 'open(x)': 'io disk', 'time.sleep(1)': 'io sleep', 'os.path.exists(x)': 'io disk', 'os.path.join(x)': 'pure',
      'subprocess.run(x)': 'io subprocess', 'urllib.request.urlopen(x)': 'io network', 'sqlite3.connect(x)': 'io database', 'random.random()': 'rng', 'random.shuffle(x)': 'mutates',
      'heapq.heappush(ys, x)': 'mutates', 'next(x)': 'mutates', 'setattr(obj, x, 1)': 'mutates', 'eval(x)': 'unknown', 'logging.info(x)': 'io console', 'time.time()': 'reads', 'Path(x)': 'pure',
    }; // prettier-ignore
    for (const [expression, purity] of Object.entries(expected)) assert.equal(call(expression, { top }), purity, expression);
  });

  it('are known for NumPy and pandas', () => {
    const top = 'import numpy as np\nimport pandas as pd';
    const expected = { 'np.sqrt(x)': 'pure', 'np.linalg.norm(x)': 'pure', 'np.random.normal()': 'rng', 'np.random.default_rng(x)': 'pure', 'np.random.default_rng()': 'rng', 'np.load(x)': 'io disk', 'np.add(x, x, out=ys)': 'mutates', 'np.copyto(ys, x)': 'mutates', 'pd.read_csv(x)': 'io disk', 'pd.DataFrame(x)': 'pure' }; // prettier-ignore
    for (const [expression, purity] of Object.entries(expected)) assert.equal(call(expression, { top }), purity, expression);
  });

  it('of methods depend on what the object is', () => {
    assert.equal(call('t.get(x)', { before: 't = {}' }), 'reads');
    assert.equal(call('obj.get(x)'), 'unknown');
    assert.equal(call('t.get(x)', { before: 't = requests.Session()', top: 'import requests' }), 'io network');
    assert.equal(call('rng.normal()', { before: 'rng = np.random.default_rng(3)', top: 'import numpy as np' }), 'rng');
    assert.equal(call('obj.integers(3)'), 'rng');
    assert.equal(call('t.sort()', { before: 't = [1]' }), 'mutates');
    assert.equal(call('x.strip()'), 'reads');
    assert.equal(call('cursor.execute(x)'), 'io database');
    assert.equal(call('x.frobnicate()'), 'unknown');
    assert.equal(call('Path(x).read_text()', { top: 'from pathlib import Path', loop: 'for x in xs:\n    y = Path(x).read_text()' }), 'pure');
    const facts = factsOf(`from pathlib import Path\n${inFunction('for x in xs:\n    y = Path(x).read_text()')}`);
    assert.deepEqual(
      facts.calls.map((one) => one.io),
      ['disk', null],
    );
    const seen = factsOf(inFunction('for x in xs:\n    y = d.get(x)'), { f: { d: { type: 'dict' } } });
    assert.equal(seen.calls[0]?.purity, 'reads');
  });

  it("of the user's own functions are followed through their bodies", () => {
    const own = (body: string, more = ''): string =>
      call('g(x)', { top: `import time, random\nTABLE = [1]\nLIMIT = 3\nCOUNT = 0\n${more}def g(a, b=0):\n${body.replace(/^/gm, '    ')}\n` });
    assert.equal(own('return a * LIMIT'), 'pure');
    assert.equal(own('out = []\nfor i in a:\n    out.append(i)\nreturn out'), 'pure');
    assert.equal(own('return g(a - 1) if a else 0'), 'pure');
    assert.equal(own('return TABLE[a]'), 'reads');
    assert.equal(own('time.sleep(a)'), 'io sleep');
    assert.equal(own('return random.random()'), 'rng');
    assert.equal(own('a.append(1)'), 'mutates');
    assert.equal(own('a[0] = 1'), 'mutates');
    assert.equal(own('a.x = 1'), 'mutates');
    assert.equal(own('global COUNT\nCOUNT += 1'), 'mutates');
    assert.equal(own('TABLE.append(a)'), 'mutates');
    assert.equal(own('other = a\nother.append(1)'), 'mutates');
    assert.equal(own('return h(a)', 'def h(a):\n    return unheard(a)\n'), 'unknown');
    assert.equal(own('return h(a)', 'def h(a):\n    print(a)\n    return open(a)\n'), 'io console');
    assert.equal(own('return h(a)', 'def h(a):\n    time.sleep(a)\n    return random.random()\n'), 'rng sleep');
    assert.equal(own('unheard(a)\nTABLE.append(a)'), 'mutates');
    assert.equal(own('return Session().get(a)', 'class Session:\n    def get(self, a):\n        return a + 1\n'), 'pure');
    assert.equal(own('return SESSION.get(a)', 'class Session:\n    def get(self, a):\n        self.last = a\n\nSESSION = Session()\n'), 'mutates');
    assert.equal(own('return SESSION.fetch(a)', 'class Session(Base):\n    pass\n\nSESSION = Session()\n'), 'unknown');
    assert.equal(own('return a', '@unheard\n'), 'unknown');
    assert.equal(own('return a', 'import functools\n@functools.lru_cache(maxsize=None)\n'), 'pure');
    assert.equal(own('return sorted(a, key=h)', 'def h(a):\n    print(a)\n'), 'io console');
    assert.equal(own('match a:\n    case 1:\n        pass'), 'unknown');
  });

  it('are followed into other modules, methods and classes', () => {
    const facts = factsOf(
      `from tools import cut\n${inFunction('for x in xs:\n    ys.append(cut(x))')}`,
      {},
      { '/project/tools.py': 'import time\ndef cut(x):\n    time.sleep(1)\n    return x\n' },
    );
    const cut = facts.calls.find((one) => one.written === 'cut');
    assert.deepEqual([cut?.purity, cut?.io, cut?.resolved], ['io', 'sleep', 'tools:cut']);
    assert.match(cut?.why ?? '', /^`cut` \(line 5\) calls `time\.sleep` \(line 3\), which waits\.$/);
    const shop =
      'class Shop:\n    def __init__(self, x):\n        self.x = x\n    def run(self, xs):\n        for x in xs:\n            self.step(x)\n            Shop(x)\n    def step(self, x):\n        self.total = x\n';
    const calls = factsOf(shop).calls.map((one) => `${one.written} ${one.purity}`);
    assert.deepEqual(calls, ['self.step mutates', 'Shop pure']);
  });

  it('of functions that call each other are judged by what all of them do, whichever is asked for first', () => {
    const text = `calls = []\ndef a(n):\n    calls.append(n)\n    return b(n - 1) if n else 0\ndef b(n):\n    return a(n - 1) if n > 0 else 1\n`;
    const loops = (first: string, second: string): string =>
      `${text}def f(xs):\n    return [${first}(x) for x in xs]\ndef g(xs):\n    return [${second}(x) for x in xs]\n`;
    for (const source of [loops('a', 'b'), loops('b', 'a')])
      assert.deepEqual(
        allFacts(source).flatMap((one) => one.calls.map((made) => made.purity)),
        ['mutates', 'mutates'],
      );
  });

  it('of many functions that call each other too', () => {
    const circle = (changing: number): string =>
      `calls = []\n${Array.from({ length: 9 }, (_, at) => `def f${at}(n):\n    ${at === changing ? 'calls.append(n)' : 'n = n - 1'}\n    return f${(at + 1) % 9}(n - 1) + f${(at + 4) % 9}(n - 2) if n > 0 else ${at}\n`).join('')}`; // prettier-ignore
    const loops = Array.from({ length: 9 }, (_, at) => `def g${at}(xs):\n    return [f${at}(x) for x in xs]\n`).join('');
    const judged = (text: string): string[] => [...new Set(allFacts(text + loops).flatMap((one) => one.calls.map((made) => made.purity)))];
    assert.deepEqual(judged(circle(-1)), ['pure']);
    for (const changing of [0, 3, 8]) assert.deepEqual(judged(circle(changing)), ['mutates']);
  });

  it('make effects of what others can see, and ties of what other trips use', () => {
    const facts = factsOf(
      `import random\nCOUNT = 0\ndef bump(a):\n    global COUNT\n    COUNT += a\n${inFunction("for x in xs:\n    print(x)\n    bump(x)\n    random.random()\n    open(x, 'a').write('a')\n    open(x).read()")}`,
    );
    assert.deepEqual(
      facts.effects.map((effect) => effect.io),
      ['console', 'disk'],
    );
    assert.ok(facts.carried.some((one) => one.via === 'call' && one.name === 'random.random'));
    assert.ok(
      facts.carried.some((one) => one.via === 'call' && /global `COUNT`/.test(one.why)),
      facts.carried.map((one) => one.why).join('\n'),
    );
  });

  it('are named with the ways out of the loop', () => {
    const flow = (loop: string): string[] => factsOf(inFunction(loop)).flow.map((exit) => exit.kind);
    assert.deepEqual(flow('for x in xs:\n    if x:\n        break\n    for y in x:\n        break'), ['break']);
    assert.deepEqual(flow('for x in xs:\n    if x:\n        return x\n    raise ValueError'), ['return', 'raise']);
    assert.deepEqual(flow('for x in xs:\n    yield x'), ['yield']);
    assert.deepEqual(flow('for x in xs:\n    try:\n        pass\n    finally:\n        pass'), ['try']);
    assert.deepEqual(flow('for x in xs:\n    f = lambda: 1'), []);
  });
});
