import assert from 'node:assert/strict';
import { loadSyntax } from '../../../analyzers/syntax/parser';
import { describeExpr } from '../../../analyzers/syntax/python-print';
import { allFacts, factsOf, inFunction } from './sample';

const stores = (loop: string, before = ''): string[] =>
  factsOf(inFunction(loop, '', before)).stores.map(
    (store) => `${store.name}: ${describeExpr(store.target)} ${store.kind}${store.index === null ? '' : ` ${store.index}`}`,
  );
const ties = (loop: string, before = 'ys = [0] * n\nzs = [0] * n'): string[] =>
  factsOf(inFunction(loop, 'ys, zs', before)).carried.map((one) => `${one.kind} ${one.name} via ${one.via}`);

describe('stores of a loop', () => {
  before(loadSyntax);

  it('say how their index moves', () => {
    assert.deepEqual(stores('for i in range(n):\n    ys[i] = 1'), ['ys: ys[i] subscript same']);
    assert.deepEqual(stores('for i in range(n):\n    ys[i + 1] = 1'), ['ys: ys[i + 1] subscript shifted']);
    assert.deepEqual(stores('for i in range(n):\n    ys[n - 1 - i] = 1'), ['ys: ys[n - 1 - i] subscript permuted']);
    assert.deepEqual(stores('for i in range(n):\n    ys[2 * i] = 1'), ['ys: ys[2 * i] subscript permuted']);
    assert.deepEqual(stores('for i in range(n):\n    ys[xs[i]] += 1'), ['ys: ys[xs[i]] subscript indirect']);
    assert.deepEqual(stores('for x in xs:\n    ys[x] = 1'), ['ys: ys[x] subscript indirect']);
    assert.deepEqual(stores('for i in range(n):\n    ys[0] = i'), ['ys: ys[0] subscript constant']);
    assert.deepEqual(stores('for i in range(n):\n    for j in range(n):\n        ys[i][j] = 1'), ['ys: ys[i][j] subscript same']);
    assert.deepEqual(stores('for i in range(n):\n    k = i + 1\n    ys[k] = 1'), ['ys: ys[k] subscript shifted']);
    assert.deepEqual(stores('for k, v in d.items():\n    ys[k] = v'), ['ys: ys[k] subscript same']);
    assert.deepEqual(stores('i = 0\nwhile i < n:\n    ys[i] = 1\n    i += 1'), ['ys: ys[i] subscript same']);
  });

  it('know what the trip makes itself, and what reaches out through another name', () => {
    assert.deepEqual(stores('for i in range(n):\n    row = [0] * n\n    row[i] = 1\n    row.append(2)'), []);
    assert.deepEqual(stores('for i in range(n):\n    row = ys[i]\n    row[0] = 1'), ['row: row[0] subscript same']);
    assert.deepEqual(stores('for x in xs:\n    x.score = 1'), ['x: x.score attribute']);
    assert.deepEqual(stores('for x in xs:\n    x[0] = 1'), ['x: x[0] subscript unknown']);
    assert.deepEqual(stores('for x in xs:\n    x.append(1)'), ['x: x.append method']);
    assert.deepEqual(stores('for x in xs:\n    obj.total = x'), ['obj: obj.total attribute']);
  });
});

describe('what ties trips together', () => {
  before(loadSyntax);

  it('is nothing where every trip keeps to its own place', () => {
    for (const loop of [
      'for i in range(n):\n    ys[i] = xs[i] * 2',
      'for i in range(n):\n    ys[i] = ys[i] * 2',
      'for i in range(n):\n    ys[i] = xs[i - 1] + xs[i + 1]',
      'for i in range(n):\n    ys[2 * i] = ys[2 * i + 1]',
      'for i in range(0, n, 2):\n    ys[i] = ys[i + 1]',
      'for i in range(n):\n    for j in range(1, n):\n        ys[i][j] = ys[i][j - 1]',
      'for i, y in enumerate(ys):\n    ys[i] = y * 2',
      'for i in range(n):\n    row = ys[i]\n    row[0] = row[1]',
      'for k, v in d.items():\n    d[k] = v * 2',
      'for x in xs:\n    x.a = x.b + 1',
      'for i in range(n):\n    ys[i] = len(ys)',
    ]) assert.deepEqual(ties(loop), [], loop); // prettier-ignore
  });

  it('is a place that another trip reads or writes', () => {
    for (const [loop, expected] of [
      ['for i in range(1, n):\n    ys[i] = ys[i - 1] + 1', 'flow ys via subscript'],
      ['for i in range(n):\n    ys[i] = ys[i + 1]', 'anti ys via subscript'],
      ['for i in range(n, 0, -1):\n    ys[i] = ys[i + 1]', 'flow ys via subscript'],
      ['for i in reversed(range(n)):\n    ys[i] = ys[i - 1]', 'anti ys via subscript'],
      ['for i in range(n):\n    ys[i] = ys[n - 1 - i]', 'flow ys via subscript'],
      ['for i in range(n):\n    ys[i] = sum(ys)', 'flow ys via subscript'],
      ['for i in range(n):\n    ys[xs[i]] = ys[xs[i]] * 2', 'flow ys via subscript'],
      ['for i in range(n):\n    ys[xs[i]] += ys[0]', 'flow ys via subscript'],
      ['for i in range(n):\n    ys[0] = i', 'output ys via subscript'],
      ['for i in range(n):\n    ys[i % 2] = i', 'output ys via subscript'],
      ['for i in range(n):\n    ys[i] = 1\n    ys[i + 1] = 2', 'output ys via subscript'],
      ['for j in range(n):\n    for i in range(n):\n        ys[i] *= xs[j]', 'flow ys via subscript'],
      ['for i in range(1, n):\n    for j in range(n):\n        ys[i][j] = ys[i - 1][j]', 'flow ys via subscript'],
      ['for x in xs:\n    obj.total = obj.total * 2 + x', 'flow obj via attribute'],
      ['for x in xs:\n    xs[0] = x', 'flow xs via subscript'],
      ['while ys:\n    y = ys.pop()', 'flow ys via call'],
      ['for y in ys:\n    ys.remove(y)', 'flow ys via call'],
    ] as const) {
      assert.ok(ties(loop).includes(expected), `${loop}\n${ties(loop).join('\n')}`);
    }
  });

  it('may be two names of one object, unless one of them is made here or the profile saw different kinds', () => {
    const loop = 'for i in range(1, n):\n    ys[i] = xs[i - 1]';
    assert.deepEqual(ties(loop, 'zs = 1'), ['flow ys via subscript']);
    assert.deepEqual(ties(loop), []);
    assert.deepEqual(ties('for i in range(1, n):\n    ys[i] = zs[i - 1]', 'ys = [0] * n\nzs = ys'), ['flow ys via subscript']);
    const seen = (xs: string, ys: string): number => factsOf(inFunction(loop), { f: { xs: { type: xs }, ys: { type: ys } } }).carried.length;
    assert.equal(seen('list', 'ndarray'), 0);
    assert.equal(seen('list', 'list'), 1);
    assert.deepEqual(ties('for i in range(n):\n    ys[i] = xs[i]', 'zs = 1'), []);
  });

  it('is said in one sentence with its lines', () => {
    const [first] = factsOf(inFunction('for i in range(1, n):\n    ys[i] = ys[i - 1] + 1', '', 'ys = [0] * n')).carried;
    assert.equal(first?.why, '`ys[i - 1]` (line 5) reads what the trip before it wrote to `ys[i]` (line 5).');
    const [two] = factsOf(inFunction('for i in range(2, n):\n    ys[i] = ys[i - 2]', '', 'ys = [0] * n')).carried;
    assert.equal(two?.why, '`ys[i - 2]` (line 5) reads what 2 trips before it wrote to `ys[i]` (line 5).');
  });

  it('is a global that a called function reads and the loop changes', () => {
    const program = (loop: string): string =>
      `TABLE = [0] * 9\ntotal = 0\ndef look(i):\n    return deep(i) + 1\ndef deep(i):\n    return TABLE[i - 1] + total\n${loop}`;
    const carried = (loop: string): string[] => factsOf(program(loop)).carried.map((one) => `${one.name} via ${one.via}`);
    assert.deepEqual(carried('for i in range(9):\n    TABLE[i] = look(i)\n'), ['TABLE via call']);
    assert.deepEqual(carried('for i in range(9):\n    total += look(i)\n'), ['total via call']);
    assert.deepEqual(factsOf(program('for i in range(9):\n    total += look(i)\n')).accumulators, []);
    assert.deepEqual(carried('other = []\nfor i in range(9):\n    other.append(look(i))\n'), []);
    assert.deepEqual(carried('def f():\n    total = 0\n    for i in range(9):\n        total += look(i)\n    return total\n'), []);
  });

  it('is different for the loop around and the loop inside', () => {
    const [outer, inner] = allFacts(
      inFunction('for i in range(n):\n    for j in range(1, n):\n        ys[i][j] = ys[i][j - 1]', '', 'ys = [[0] * n for _ in xs]'),
    ).filter((facts) => facts.ir.form === 'for');
    assert.deepEqual(outer?.carried, []);
    assert.deepEqual(
      inner?.carried.map((one) => one.kind),
      ['flow'],
    );
  });
});
