import assert from 'node:assert/strict';
import { loadSyntax } from '../../../analyzers/syntax/parser';
import { describeExpr } from '../../../analyzers/syntax/python-print';
import { allFacts, factsOf, inFunction } from './sample';

/** "name op value [where guards] [from init]" of each place. */
function gathered(loop: string, before = '', returned = 't'): string[] {
  return factsOf(inFunction(loop, returned, before)).accumulators.map(({ name, op, value, guards, init }) => {
    const tests = guards.map(({ test, negated }) => (negated ? `not (${describeExpr(test)})` : describeExpr(test)));
    return `${name} ${op} ${describeExpr(value)}${tests.length > 0 ? ` where ${tests.join(' and ')}` : ''}${init ? ` from ${describeExpr(init)}` : ''}`;
  });
}

describe('what a loop gathers', () => {
  before(loadSyntax);

  it('is found in every way of writing a sum, a product and a count', () => {
    assert.deepEqual(gathered('for x in xs:\n    t += x * 2', 't = 0'), ['t + x * 2 from 0']);
    assert.deepEqual(gathered('for x in xs:\n    t = t + x', 't = 0.0'), ['t + x from 0.0']);
    assert.deepEqual(gathered('for x in xs:\n    t = t + x + 3 * x', 't = 0'), ['t + x + 3 * x from 0']);
    assert.deepEqual(gathered('for x in xs:\n    t = x * 2 + t', 't = 0'), ['t + x * 2 from 0']);
    assert.deepEqual(gathered('for x in xs:\n    t -= x', 't = 0'), ['t + -x from 0']);
    assert.deepEqual(gathered('for x in xs:\n    t *= x', 't = 1'), ['t * x from 1']);
    assert.deepEqual(gathered('for x in xs:\n    if x > 0:\n        t += 1', 't = 0'), ['t count 1 where x > 0 from 0']);
    assert.deepEqual(gathered('for x in xs:\n    for y in x:\n        t += y', 't = 0'), ['t + y from 0']);
    assert.deepEqual(gathered('for x in xs:\n    if x:\n        t += x\n    elif n:\n        t += n', 't = 0'), [
      't + x where x from 0',
      't + n where not (x) and n from 0',
    ]);
    assert.deepEqual(gathered('i = 0\nwhile i < n:\n    t |= xs[i]\n    i += 1', 't = 0'), ['t | xs[i] from 0']);
  });

  it('is found in the ways of keeping the least and the most', () => {
    assert.deepEqual(gathered('for x in xs:\n    if x < t:\n        t = x', 't = 9'), ['t min x from 9']);
    assert.deepEqual(gathered('for x in xs:\n    if t > x:\n        t = x', 't = 9'), ['t min x from 9']);
    assert.deepEqual(gathered('for x in xs:\n    if abs(x) >= t:\n        t = abs(x)', 't = 0'), ['t max abs(x) from 0']);
    assert.deepEqual(gathered('for x in xs:\n    t = max(x, t)', 't = 0'), ['t max x from 0']);
    assert.deepEqual(gathered('for x in xs:\n    if t is None or x < t:\n        t = x', 't = None'), ['t min x from None']);
    assert.deepEqual(gathered('for i, x in enumerate(xs):\n    if x > t:\n        t = x\n        k = i', 't, k = 0, None', 't, k'), [
      't max x from 0',
      'k argmax i from None',
    ]);
    assert.deepEqual(gathered('for i, x in enumerate(xs):\n    if x > t:\n        t, k = x, i', 't, k = 0, 1', 't, k'), [
      't max x from 0',
      'k argmax i from 1',
    ]);
  });

  it('is found in flags, lists, sets, text and dictionaries', () => {
    assert.deepEqual(gathered('for x in xs:\n    if x < 0:\n        t = True', 't = False'), ['t or True where x < 0 from False']);
    assert.deepEqual(gathered('for x in xs:\n    t = t and x > 0', 't = True'), ['t and x > 0 from True']);
    assert.deepEqual(gathered('for x in xs:\n    if x:\n        t.append(x)', 't = []'), ['t append x where x from []']);
    assert.deepEqual(gathered('for x in xs:\n    t += [x, x]', 't = []'), ['t extend [x, x] from []']);
    assert.deepEqual(gathered('for x in xs:\n    t.add(x)', 't = set()'), ['t add x from set()']);
    assert.deepEqual(gathered("for x in xs:\n    t += 'a' + x", "t = ''"), ["t string 'a' + x from ''"]);
    assert.deepEqual(gathered('for x in xs:\n    t[x] = t.get(x, 0) + 1', 't = {}'), ['t dict 1 from {}']);
    assert.deepEqual(gathered('import collections\nfor x in xs:\n    t[x] += n', 't = collections.Counter()'), [
      't dict n from collections.Counter()',
    ]);
  });

  it('is found in fields, entries and groups', () => {
    assert.deepEqual(gathered('for x in xs:\n    obj.total += x * obj.scale'), ['obj.total + x * obj.scale']);
    assert.deepEqual(gathered('for x in xs:\n    obj.rows.append(x)'), ['obj.rows append x']);
    assert.deepEqual(gathered('for x in xs:\n    t[abs(x)] += n', 't = [0] * n'), ['t dict n from [0] * n']);
    assert.deepEqual(gathered('for x in xs:\n    t[x][n] += 1', 't = [[0], [1]]'), ['t dict 1 from [[0], [1]]']);
    assert.deepEqual(gathered('for x in xs:\n    t[x % 9] = math.sqrt(x)', 't = {}'), ['t entry math.sqrt(x) from {}']);
    assert.deepEqual(gathered('for x in xs:\n    t.setdefault(x % 9, []).append(x)', 't = {}'), ['t group x from {}']);
    assert.deepEqual(gathered('import collections\nfor x in xs:\n    t[x % 9].append(x)', 't = collections.defaultdict(list)'), [
      't group x from collections.defaultdict(list)',
    ]);
    assert.deepEqual(gathered('import collections\nfor x in xs:\n    t.update(x)', 't = collections.Counter()'), [
      't dict x from collections.Counter()',
    ]);
    assert.deepEqual(gathered('for x in xs:\n    t = t + x if x > 0 else t', 't = 0'), ['t + x where x > 0 from 0']);
    assert.deepEqual(gathered('for x in xs:\n    t = t if x > 0 else t + x', 't = 0'), ['t + x where not (x > 0) from 0']);
  });

  it('is not a field that something else may look at', () => {
    const look = 'def look(o):\n    return o.total\nclass Box:\n    def weight(self, x):\n        return self.total\n';
    for (const loop of [
      'for x in xs:\n    obj.total += x\n    ys.append(obj.total)',
      'for x in xs:\n    obj.total += d.total',
      'for x in xs:\n    obj.total += look(x)',
      'for x in xs:\n    obj.total += obj.weight(x)',
      'for x in xs:\n    obj.total += x\n    ys.append(obj)',
      'for x in xs:\n    x.total += 1',
    ]) {
      const facts = allFacts(`${look}${inFunction(loop)}`).find((one) => one.owner?.name === 'f');
      const found = facts?.accumulators.filter((one) => one.name.endsWith('.total'));
      assert.deepEqual(found, [], loop);
    }
  });

  it('is not what a class of the user’s own makes of an operator', () => {
    const own = 'class Mix:\n    def __iadd__(self, x):\n        self.n = self.n * 2 + x\n        return self\n';
    assert.deepEqual(allFacts(`${own}${inFunction('for x in xs:\n    t += x', 't', 't = Mix()')}`)[0]?.accumulators, []);
    assert.deepEqual(allFacts(`${own}${inFunction('for x in xs:\n    ys += x', 'ys')}`)[0]?.accumulators, []);
    assert.equal(allFacts(`${own}${inFunction('for x in xs:\n    t += x', 't', 't = 0')}`)[0]?.accumulators.length, 1);
  });

  it('is not found where the loop looks at it as well', () => {
    for (const loop of [
      'for x in xs:\n    t += x\n    ys.append(t)',
      'for x in xs:\n    t += t * x',
      'for x in xs:\n    t += x\n    t *= 2',
      'for x in xs:\n    if t < 10:\n        t += x',
      'for x in xs:\n    if x < t:\n        t = x + 1',
      'for x in xs:\n    t = x + t',
      'for x in xs:\n    t.append(len(t))',
      'for x in t:\n    t.append(x)',
    ]) {
      const facts = factsOf(inFunction(loop, 't', 't = ys'));
      assert.ok(!facts.accumulators.some((one) => one.name === 't'), loop);
      assert.ok(
        facts.carried.some((one) => one.name === 't'),
        loop,
      );
    }
  });

  it('has no start where that is not plain to see', () => {
    assert.deepEqual(gathered('for x in xs:\n    t += x', 't = 0\nif n:\n    t = 1'), ['t + x']);
    assert.deepEqual(gathered('for x in xs:\n    t += x', 't = 0\nn = 3'), ['t + x from 0']);
  });
});
