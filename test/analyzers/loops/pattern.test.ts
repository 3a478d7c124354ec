import assert from 'node:assert/strict';
import type { Pattern } from '../../../analyzers/types';
import { explainFacts } from '../../../analyzers/loops/explain';
import { loadSyntax } from '../../../analyzers/syntax/parser';
import { factsOf, inFunction } from './sample';

describe('the pattern of a loop', () => {
  before(loadSyntax);

  it('is told from its facts', () => {
    const made = 'ys = [0] * n\nout = []\nt = 0';
    const patterns: [string, Pattern][] = [
      ['for i in range(n):\n    ys[i] = xs[i] * 2', 'elementwise'],
      ['for x in xs:\n    out.append(x * 2)', 'elementwise'],
      ['out = [x * 2 for x in xs if x]', 'elementwise'],
      ['for x in xs:\n    t += x', 'reduction'],
      ['t = sum(x * x for x in xs)', 'reduction'],
      ['for x in xs:\n    t += x\n    out.append(t)', 'scan'],
      ['for i in range(1, n):\n    ys[i] = ys[i - 1] + xs[i]', 'scan'],
      ['for i in range(1, n - 1):\n    ys[i] = xs[i - 1] + xs[i + 1]', 'stencil'],
      ['for i in range(n):\n    for j in range(n):\n        t += xs[i] * xs[j]', 'pairwise'],
      ['for a in xs:\n    for b in xs:\n        t += a * b', 'pairwise'],
      ['for i in range(n):\n    ys[i] = xs[d[i]]', 'gather'],
      ['for i in range(1, n):\n    for j in range(1, n):\n        ys[i][j] = ys[i - 1][j] + ys[i][j - 1]', 'table-filling'],
      ['for x in xs:\n    if x > 3:\n        t = x\n        break', 'search'],
      ['t = any(x > 3 for x in xs)', 'search'],
      ['for x in xs:\n    out.append(open(x).read())', 'task-map'],
      ['for x in xs:\n    yield x * 2', 'pipeline'],
      ['for x in xs:\n    t = t * 0.5 + x', 'scan'],
      ['for i in range(n):\n    ys[xs[i]] += 1', 'gather'],
      ['while out:\n    t = out.pop()\n    out.append(t - 1)', 'producer-consumer'],
    ];
    for (const [loop, pattern] of patterns) assert.equal(factsOf(inFunction(loop, 'ys, out, t', made)).pattern, pattern, loop);
  });
});

describe('explaining a loop', () => {
  before(loadSyntax);

  it('shows its form and every fact in words, with lines from 1', () => {
    const text = explainFacts(
      factsOf(inFunction('for i, x in enumerate(xs):\n    if x > 0:\n        t += math.sqrt(x)\n    ys[i] = ys[i - 1]', 't', 'ys = [0] * n\nt = 0'), {
        f: { xs: { type: 'list', length: 5, elements: ['float'] } },
      }),
    );
    assert.equal(
      text,
      [
        'main.py::f#0 (line 5): scan, about 5 trips',
        '  | for (i, x) in enumerate(xs)',
        '  |     if x > 0',
        '  |         t += math.sqrt(x)',
        '  |     ys[i] = ys[i - 1]',
        '  index: i, x',
        '  reads: xs, x, t, math, ys, i',
        '  writes: i, x, t',
        '  used after the loop: t',
        '  gathers:',
        '    t by + of math.sqrt(x) where x > 0, starting at 0 (line 7)',
        '  stores:',
        '    ys[i], index same (line 8)',
        '  ties trips together:',
        '    flow: `ys[i - 1]` (line 8) reads what the trip before it wrote to `ys[i]` (line 8).',
        '  calls:',
        '    pure: `math.sqrt` (line 7) only computes.',
        '  values seen:',
        '    xs: list, 5 long, of float',
      ].join('\n'),
    );
  });
});
