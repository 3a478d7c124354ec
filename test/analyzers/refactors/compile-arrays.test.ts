import assert from 'node:assert/strict';
import { refactor as byFunction } from '../../../analyzers/refactors/python/njit-function';
import { refactor as byLoop } from '../../../analyzers/refactors/python/njit-loop';
import { loadSyntax } from '../../../analyzers/syntax/parser';
import { difference, editedByRun, WarmPython } from './page-runner';

const head = `import numpy as np


def show(function, *args):
    try:
        print(function.__name__, repr(function(*args)), args)
    except Exception as error:
        print(function.__name__, type(error).__name__, args)


`;

/** Written as a body, the usual call, and calls with other inputs; the first refactor that takes it is tried. */
const cases: [what: string, body: string, usual: string, odd: string][] = [
  [
    'slices that meet each other',
    'def steps(n, a, b):\n    for t in range(1, n):\n        b[1:-1, 1:-1] = 0.25 * (a[1:-1, :-2] + a[1:-1, 2:] + a[2:, 1:-1] + a[:-2, 1:-1])\n        a[1:-1, 1:-1] = b[1:-1, 1:-1]\n        a[0, :] = 3\n',
    'steps(3, np.ones((4, 4)), np.zeros((4, 4)))',
    'steps, 5, np.arange(25.0).reshape(5, 5), np.zeros((5, 5))\nsteps, 3, np.ones((4, 5)), np.zeros((5, 4))\nsteps, 3, np.ones((1, 1)), np.ones((1, 1))\nsteps, 3, *[np.arange(16.0).reshape(4, 4)] * 2\nsteps, 3, np.ones((4, 4), dtype=int), np.zeros((4, 4))\nsteps, 3, np.arange(64.0).reshape(8, 8)[::2, ::2], np.zeros((4, 4))\nsteps, 0, None, None',
  ],
  [
    'rows that are added up, with numbers of their own',
    'def update(alpha, beta, c, a):\n    for i in range(a.shape[0]):\n        c[i, :i + 1] *= beta\n        for k in range(a.shape[1]):\n            c[i, :i + 1] += alpha * a[i, k] * a[:i + 1, k]\n    return c\n',
    'update(1.5, 1.2, np.ones((3, 3)), np.ones((3, 2)))',
    'update, 1.5, 1.2, np.arange(9.0).reshape(3, 3), np.arange(9.0).reshape(3, 3)\nupdate, 1.5, 1.2, np.ones((2, 3)), np.ones((3, 2))\nupdate, 1, 1.2, np.ones((3, 3)), np.ones((3, 2))\nupdate, 1.5, 1.2, *[np.arange(9.0).reshape(3, 3)] * 2\nupdate, 1.5, 1.2, np.zeros((0, 0)), np.zeros((0, 0))',
  ],
  [
    'an array that is made, and a mean that divides by a Python int',
    'def smooth(xs, width):\n    out = np.zeros(len(xs))\n    total = 0.0\n    for i in range(len(xs)):\n        total += xs[i]\n        if i >= width:\n            total -= xs[i - width]\n        out[i] = total / width + xs[i] / xs[0]\n    return out\n',
    'smooth(np.arange(1.0, 9.0), 3)',
    'smooth, np.arange(4.0), 2\nsmooth, np.arange(1.0, 4.0), 0\nsmooth, np.zeros(0), 3\nsmooth, np.ones(3), 2.0\nsmooth, np.ones((2, 2)), 2\nsmooth, [1.0, 2.0], 2',
  ],
  [
    'tables of ints of a given type',
    'def table(n, seq):\n    best = np.zeros((n, n), dtype=int)\n    seen = np.zeros(n, bool)\n    for i in range(n - 1, -1, -1):\n        seen[i] = True\n        for j in range(i + 1, n):\n            best[i, j] = max(best[i, j - 1], best[i + 1, j] if i + 1 < n else 0)\n            if seq[i] + seq[j] == 3:\n                best[i, j] = max(best[i, j], best[i + 1, j - 1] + 1)\n    return best, seen\n',
    'table(4, np.array([0, 1, 2, 3]))',
    'table, 3, np.array([3, 0, 3])\ntable, 3, np.array([3, 0])\ntable, 0, np.array([1])\ntable, -2, np.array([1])\ntable, 2, np.array([2**62, 2**62])\ntable, 2, np.array([1.0, 2.0])',
  ],
  [
    'whole arrays in steps',
    'def walk(pos, vel, mass, steps, dt):\n    for _ in range(steps):\n        vel += pos * dt / 2.0\n        pos += vel * dt\n        vel *= np.where(pos > 0, 1.0, mass)\n        pos -= pos.min()\n    return pos, vel\n',
    'walk(np.ones(3), np.zeros(3), 0.5, 3, 0.1)',
    'walk, np.arange(3.0), np.ones(3), 0.5, 4, 0.1\nwalk, np.arange(3.0), np.ones(1), 0.5, 4, 0.1\nwalk, np.zeros(0), np.zeros(0), 0.5, 4, 0.1\nwalk, *[np.arange(3.0)] * 2, 0.5, 2, 0.1\nwalk, np.arange(3), np.ones(3), 0.5, 2, 0.1\nwalk, np.arange(3.0), np.ones(3), 0.5, 0, 0.1',
  ],
  [
    'a copy that is kept while the array changes',
    'def relax(p, b, n):\n    for _ in range(n):\n        pn = p.copy()\n        p[1:-1] = (pn[2:] + pn[:-2]) * 0.5 - b[1:-1]\n        p[0] = p[1]\n        p[-1] = 0\n    return p\n',
    'relax(np.arange(6.0), np.ones(6), 3)',
    'relax, np.arange(4.0), np.zeros(5), 2\nrelax, np.arange(1.0), np.zeros(1), 2\nrelax, np.zeros(0), np.zeros(0), 1\nrelax, *[np.arange(4.0)] * 2, 2\nrelax, np.arange(4.0), np.arange(4), 2',
  ],
  [
    'an array that is changed by parts of itself',
    'def mix(a, n):\n    b = a[1:]\n    for _ in range(n):\n        a[1:] += a[:-1]\n        a[:-1] -= (0.5 * b\n                   + 1.0)\n        b *= a[1:] + a[:-1]\n        a /= 2\n    return a\n',
    'mix(np.arange(5.0), 3)',
    'mix, np.arange(4.0), 2\nmix, np.arange(1.0), 2\nmix, np.arange(0.0), 2\nmix, np.arange(12.0).reshape(4, 3), 2',
  ],
  [
    'scalar products of rows and columns',
    'def factor(a, w):\n    n = a.shape[0]\n    for i in range(n):\n        for j in range(i):\n            a[i, j] -= np.dot(a[i, :j], a[j, :j])\n            a[i, j] /= a[j, j]\n        a[i, i] = np.sqrt(abs(a[i, i] - (a[i, :i] @ a[i, :i])))\n    return (a[0] + w) @ w * 2.0\n',
    'factor(np.eye(3) * 4.0 + 1.0, np.ones(3))',
    'factor, np.eye(4) + np.ones((4, 4)), np.ones(4)\nfactor, np.ones((3, 4)), np.ones(4)\nfactor, np.ones((3, 2)), np.ones(2)\nfactor, np.eye(3) + 2.0, np.ones(1)\nfactor, np.zeros((3, 3)), np.ones(3)\nfactor, np.ones((0, 3)), np.ones(3)',
  ],
  [
    'complex numbers of what lies in arrays',
    'def escapes(xs, ys, most, horizon=2.0):\n    counts = np.zeros((len(ys), len(xs)), dtype=np.int64)\n    for i in range(len(ys)):\n        for j in range(len(xs)):\n            c = complex(xs[j], ys[i])\n            z = 0j\n            n = 0\n            for n in range(most):\n                if abs(z) > horizon:\n                    break\n                z = z * z + c\n            counts[i, j] = n\n    return counts\n',
    'escapes(np.array([-0.5, 0.3]), np.array([0.2, 1.5]), 20, 2.0)',
    'escapes, np.array([-0.5, 0.3]), np.array([0.0]), 5, 2.0\nescapes, np.zeros(0), np.ones(2), 5, 2.0\nescapes, np.array([np.nan, np.inf, 1e200]), np.array([0.5, 1e200]), 9, 2.0\nescapes, np.ones(2), np.ones(2), 9, 2\nescapes, np.ones(2), np.ones(2, dtype=int), 9, 2.0',
  ],
];

/** What Numba computes in another way than NumPy. */
const refused: [why: string, text: string][] = [
  ['items picked out by truth values, of which there may be too few', 'def f(a, m):\n    s = 0.0\n    for _ in range(3):\n        s += a[m].sum()\n    return s\n\n\nf(np.arange(3.0), np.array([True, False, True]))\n'],
  ['items picked out by places, which may be the same ones', 'def f(a, places):\n    for _ in range(3):\n        a[places] += 1.0\n\n\nf(np.arange(3.0), np.array([1, 1, 2]))\n'],
  ['truth values that are added', 'def f(a):\n    s = 0\n    for _ in range(3):\n        s += ((a > 1) + (a > 2)).sum()\n    return s\n\n\nf(np.arange(5.0))\n'],
  ['floats that are put among ints', 'def f(a):\n    for i in range(3):\n        a[1:] = a[:-1] * 0.5\n\n\nf(np.arange(5))\n'],
  ['a part of an array that is returned', 'def f(a):\n    for i in range(3):\n        a[i] += 1.0\n        if a[i] > 1.0:\n            return a[1:]\n    return a\n\n\nf(np.arange(5.0))\n'],
]; // prettier-ignore

describe('compiled code on whole arrays', () => {
  let warm: WarmPython;
  before(async () => {
    await loadSyntax();
    warm = new WarmPython();
  });
  after(() => warm.close());

  const edited = (text: string, refactor: typeof byLoop): ReturnType<typeof editedByRun> => editedByRun(warm, text, refactor);

  for (const [what, body, usual, odd] of cases) {
    it(`does as the original does: ${what}`, async () => {
      const calls = odd.split('\n').map((line) => `show(${line})\n`);
      const answer = await edited(`${head}${body}\n\nresult = ${usual}\n`, byFunction);
      assert.ok(answer && 'edited' in answer, answer && 'why' in answer ? answer.why : 'nothing is offered');
      const more = `\n\n${calls.join('')}`;
      const [original, compiled] = [await warm.run(`${head}${body}\n\nresult = ${usual}\n${more}`, '/page.py', false), await warm.run(`${answer.edited}${more}`, '/page.py', false)]; // prettier-ignore
      assert.equal(original.error, null);
      assert.equal(compiled.error, null, answer.edited);
      assert.equal(compiled.stdout, original.stdout, answer.edited);
      assert.equal(difference(original.names['result']!, compiled.names['result']!, answer.match.tolerance, 'result'), null);
    }).timeout(120_000);
  }

  for (const [why, text] of refused) {
    it(`is refused: ${why}`, async () => {
      for (const refactor of [byLoop, byFunction]) {
        const answer = await edited(head + text, refactor);
        assert.ok(answer === undefined || 'code' in answer, answer && 'edited' in answer ? answer.edited : '');
      }
    });
  }
});
