import assert from 'node:assert/strict';
import { loadSyntax } from '../../../analyzers/syntax/parser';
import { allFacts, factsOf, inFunction } from './sample';

describe('names of a loop', () => {
  before(loadSyntax);

  it('are private when every trip writes them first and nobody asks afterwards', () => {
    const facts = factsOf(inFunction('for i in range(n):\n    t = xs[i] * 2\n    u = t + 1\n    ys.append(u)'));
    assert.deepEqual(facts.indices, ['i']);
    assert.deepEqual(facts.privates, ['t', 'u']);
    assert.deepEqual(facts.invariants.sort(), ['n', 'xs', 'ys']);
    assert.deepEqual([facts.carried, facts.liveOut], [[], []]);
  });

  it('live on when they are read after the loop, in the next trip of the loop around, or by a nested function', () => {
    assert.deepEqual(factsOf(inFunction('for x in xs:\n    t = x', 't')).liveOut, ['t']);
    assert.deepEqual(factsOf(inFunction('for x in xs:\n    pass', 'x')).liveOut, ['x']);
    assert.deepEqual(factsOf(inFunction('for x in xs:\n    t = x\nt = 3', 't')).liveOut, []);
    assert.deepEqual(factsOf(inFunction('def g():\n    return t\nfor x in xs:\n    t = x', 'g')).liveOut, ['t']);
    const [, inner] = allFacts(inFunction('for y in ys:\n    print(t)\n    for x in xs:\n        t = x', '', 't = 0'));
    assert.deepEqual(inner?.liveOut, ['t']);
    const [, again] = allFacts(inFunction('for y in ys:\n    t = 0\n    for x in xs:\n        t = x\n        y(t)', ''));
    assert.deepEqual(again?.liveOut, []);
  });

  it('live on at module level where any function or other module reads them', () => {
    const loop = 'for x in [1]:\n    t = x\n';
    assert.deepEqual(factsOf(loop).liveOut, []);
    assert.deepEqual(factsOf(`${loop}print(t)\n`).liveOut, ['t']);
    assert.deepEqual(factsOf(`${loop}def f():\n    return t + sum(t for t in [])\n`).liveOut, ['t']);
    assert.deepEqual(factsOf(`def f(t):\n    return t\n${loop}`).liveOut, []);
    assert.deepEqual(factsOf(loop, {}, { '/project/other.py': 'from main import t\n' }).liveOut, ['t']);
    assert.deepEqual(factsOf(`def f():\n    global t\n    for x in [1]:\n        t = x\n`).liveOut, ['t']);
  });

  it('tie trips together when a trip reads what the one before left', () => {
    for (const [loop, name, before] of [
      ['for x in xs:\n    t = t * 0.5 + x', 't', 't = 0'],
      ['for x in xs:\n    ys.append(p)\n    p = x', 'p', 'p = 0'],
      ['for x in xs:\n    if x:\n        t = x\n    ys.append(t)', 't', 't = 0'],
      ['for x in xs:\n    a, b = b, a + b', 'a', 'a, b = 0, 1'],
      ['for x in xs:\n    for y in x:\n        t = y\n    ys.append(t)', 't', 't = 0'],
      ['for x in xs:\n    try:\n        t = int(x)\n    except ValueError:\n        pass\n    ys.append(t)', 't', 't = 0'],
      ['while t > 1:\n    t = t // 2', 't', 't = 9'],
    ] as const) {
      const carried = factsOf(inFunction(loop, '', before)).carried.find((one) => one.name === name);
      assert.ok(carried, loop);
      assert.equal(carried.kind, 'flow', loop);
      assert.match(carried.why, /^`\w+` is read \(line \d+\) before the trip gives it a value .*, so it comes from the trip before\.$/);
    }
  });

  it('do not tie trips together when every path writes first', () => {
    for (const loop of [
      'for x in xs:\n    if x:\n        t = 1\n    else:\n        t = 2\n    ys.append(t)',
      'for x in xs:\n    if not x:\n        continue\n    else:\n        t = 2\n    ys.append(t)',
      'for x in xs:\n    try:\n        t = int(x)\n    except ValueError:\n        t = 0\n    ys.append(t)',
      'for x in xs:\n    with x as t:\n        ys.append(t)',
      'for x in xs:\n    if (t := x) > 1:\n        ys.append(t)',
      'for x in xs:\n    ys.append([t for t in x] + [(lambda t: t)(x)])',
    ]) {
      const facts = factsOf(inFunction(loop));
      assert.deepEqual(
        facts.carried.map((one) => one.why),
        [],
        loop,
      );
    }
  });

  it('tie trips together when only some trips write what is used afterwards', () => {
    const facts = factsOf(inFunction('for x in xs:\n    if x > 3:\n        t = x', 't'));
    assert.deepEqual(
      facts.carried.map((one) => [one.name, one.kind, one.why]),
      [['t', 'output', '`t` is written only in some trips (line 5) and used after the loop, so the last of those trips decides.']],
    );
    const skipped = factsOf(inFunction('for x in xs:\n    if x > 3:\n        continue\n    t = x', 't'));
    assert.deepEqual(
      skipped.carried.map((one) => one.kind),
      ['output'],
    );
    assert.deepEqual(factsOf(inFunction('for x in xs:\n    t = x', 't')).carried, []);
  });

  it('of builtins are no names of the program', () => {
    const facts = factsOf(inFunction('for x in xs:\n    ys.append(abs(x) + len(ys) + math.sqrt(x))'));
    assert.deepEqual(facts.reads.sort(), ['math', 'x', 'xs', 'ys']);
  });

  it('of a comprehension are gone after it', () => {
    const facts = factsOf(inFunction('out = [a * b for a in xs for b in a]\nx = a', 'x', 'a = 1'));
    assert.deepEqual([facts.indices, facts.privates, facts.liveOut], [['a'], ['b'], []]);
  });
});

describe('trips and values of a loop', () => {
  before(loadSyntax);

  it('come from the frames that the profile saw', () => {
    const list = { type: 'list', length: 100, elements: ['float'] };
    const facts = factsOf(inFunction('for i, x in enumerate(xs):\n    ys[i] = x'), {
      f: { xs: list },
      '<module>': { xs: { type: 'int' }, K: { type: 'int', value: 3 } },
    });
    assert.equal(facts.trips, 100);
    assert.deepEqual(facts.values['xs'], list);
    assert.deepEqual(facts.values['K'], { type: 'int', value: 3 });
  });

  it('are counted from ranges, lengths, shapes and constants', () => {
    const frames = { f: { n: { type: 'int', value: 10 }, xs: { type: 'ndarray', shape: [7, 3] } } };
    for (const [space, trips] of Object.entries({
      'range(n)': 10,
      'range(1, n + 1)': 10,
      'range(n, 0, -3)': 4,
      'range(len(xs))': 7,
      'range(xs.shape[1])': 3,
      xs: 7,
      'zip(xs, range(5))': 5,
      '(1, 2, 3)': 3,
      'range(m)': null,
    })) {
      assert.equal(factsOf(inFunction(`for i in ${space}:\n    pass`), frames).trips, trips, space);
    }
    assert.equal(factsOf('LIMIT = 1_000\nfor i in range(LIMIT):\n    pass\n').trips, 1000);
  });
});
