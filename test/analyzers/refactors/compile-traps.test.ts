import assert from 'node:assert/strict';
import { refactor as byFunction } from '../../../analyzers/refactors/python/njit-function';
import { refactor as byLoop } from '../../../analyzers/refactors/python/njit-loop';
import { loadSyntax } from '../../../analyzers/syntax/parser';
import { applyTo, difference, factsOf, sourceOf, WarmPython } from './page-runner';

/** Calls that the compiled text must answer as the original does, errors included; each stands in a `show(...)`. */
const show = `
def show(function, *args):
    try:
        print(function.__name__, repr(function(*args)), args)
    except Exception as error:
        print(function.__name__, type(error).__name__, error, args)


`;

describe('compiled code on inputs that were not those of the run', () => {
  let warm: WarmPython;
  before(async () => {
    await loadSyntax();
    warm = new WarmPython();
  });
  after(() => warm.close());

  const edited = async (text: string, refactor: typeof byLoop): Promise<ReturnType<typeof applyTo>> => {
    const ran = await warm.run(text, '/page.py', true);
    assert.equal(ran.error, null);
    const source = sourceOf('/page.py', text);
    const { facts, functions, cx } = factsOf(source, source, ran.frames, 10);
    return applyTo(refactor, facts, cx, 'cpu-python', functions);
  };

  for (const [what, body, usual, odd] of [
    [
      'ints that outgrow 64 bits',
      'def chain(n):\n    steps = 0\n    while n > 1:\n        n = n // 2 if n % 2 == 0 else 3 * n + 1\n        steps += 1\n    return steps, n\n',
      'chain(27)',
      'chain, 2**61 + 1\nchain, 2**62\nchain, 2**70 + 3\nchain, 27.0\nchain, True\nchain, "a"',
    ],
    [
      'a product',
      'def product(n):\n    p = 1\n    for i in range(1, n + 1):\n        p *= i\n    return p\n',
      'product(5)',
      'product, 19\nproduct, 20\nproduct, 21\nproduct, 40\nproduct, 0\nproduct, -3',
    ],
    [
      'divisions by zero, and lists that are changed before them',
      'def scale(xs, by):\n    for i in range(len(xs)):\n        xs[i] = xs[i] / (by - i)\n    return xs[0]\n',
      'scale([1.0, 2.0], 9.0)',
      'scale, [1.0, 2.0, 3.0], 1.0\nscale, [1, 2.0], 9.0\nscale, [], 9.0\nscale, [1.0], 9',
    ],
    [
      'indexes outside of a list',
      'def pick(xs, n):\n    s = 0.0\n    for i in range(n):\n        s += xs[i - 2]\n    return s\n',
      'pick([1.0, 2.0, 3.0], 3)',
      'pick, [1.0], 1\npick, [1.0, 2.0], 4\npick, [1.0, 2.0], 5\npick, (1.0, 2.0), 2\npick, [1.0, 2.0], -1',
    ],
    [
      'a sum without a trip',
      'def total(xs):\n    s = 0\n    for x in xs:\n        s += x * 0.5\n    return s\n',
      'total([1.0, 2.0])',
      'total, []\ntotal, [1]\ntotal, [True, 2.0]\ntotal, [float("nan"), 1.0]',
    ],
    [
      'one list given twice',
      'def push(a, b):\n    for i in range(1, len(a)):\n        a[i] = b[i - 1] + 1.0\n    return a\n',
      'push([1.0, 2.0, 3.0], [4.0, 5.0, 6.0])',
      'push, *[[1.0, 2.0, 3.0]] * 2\npush, [1.0], [1.0]\npush, [1.0, 2.0], []',
    ],
    [
      'rows of other lengths, and the same row twice',
      'def spread(grid):\n    for i in range(1, len(grid)):\n        for j in range(len(grid[0])):\n            grid[i][j] = grid[i - 1][j] + grid[i][j]\n    return grid\n',
      'spread([[1, 2], [3, 4]])',
      'spread, [[1, 2], [3]]\nspread, [[1, 2]] * 2\nspread, []\nspread, [[]]\nspread, [[1, 2.0], [3, 4]]\nspread, [[2**62, 1], [2**62, 1]]\nspread, [(1, 2), (3, 4)]',
    ],
  ] as [string, string, string, string][]) {
    for (const refactor of [byLoop, byFunction]) {
      it(`answers alike: ${what} (${refactor.id})`, async () => {
        const text = `${body}\n\nresult = ${usual}\n`;
        const answer = await edited(text, refactor);
        if (answer === undefined || 'code' in answer) {
          assert.ok(answer, 'it has nothing to say');
          return;
        }
        const calls = odd.split('\n').map((call) => `show(${call})\n`).join(''); // prettier-ignore
        const [before, after] = [
          await warm.run(text + show + calls, '/page.py', false),
          await warm.run(answer.edited + show + calls, '/page.py', false),
        ];
        assert.equal(before.error, null);
        assert.equal(after.error, null);
        assert.equal(after.stdout, before.stdout);
        assert.equal(difference(before.names['result']!, after.names['result']!, 0, 'result'), null);
      }).timeout(60_000);
    }
  }

  it('is offered for most of them, so that the comparison means something', async () => {
    const answer = await edited(
      'def total(xs):\n    s = 0\n    for x in xs:\n        s += x * 0.5\n    return s\n\n\nresult = total([1.0])\n',
      byFunction,
    );
    assert.ok(answer && !('code' in answer), 'the simplest one is refused');
  });

  for (const [why, text] of [
    [
      'an int that is a float in the next trip',
      'def f(n):\n    x = 5\n    y = 0\n    for i in range(n):\n        y = x // 2\n        x = 0.5 + i\n    return y\n\n\nresult = f(3)\n',
    ],
    [
      'a constant beyond 64 bits',
      'def f(xs):\n    a = 0\n    for x in xs:\n        a = (a ^ x) & 0xFFFFFFFFFFFFFFFF\n    return a\n\n\nresult = f([1, 2])\n',
    ],
    [
      'a running sum in a list whose first item may be an int',
      'def f(xs):\n    s = 0\n    out = []\n    for x in xs:\n        out.append(s)\n        s += x\n    return out\n\n\nresult = f([1.0, 2.0])\n',
    ],
    [
      'a variable of the module that is read as it is at the time',
      'import sys\nK = len(sys.argv) + 2\n\n\ndef f(n):\n    s = 0\n    for i in range(n):\n        s += g(i)\n    return s\n\n\ndef g(i):\n    return i % K\n\n\nresult = f(5)\n',
    ],
    ['strings', 'def f(s):\n    n = 0\n    for c in s:\n        if c == "a":\n            n += 1\n    return n\n\n\nresult = f("banana")\n'],
    [
      'a row that is put in the place of another',
      'def f(grid, n):\n    for i in range(1, n):\n        grid[i] = grid[i - 1]\n    return grid[0][0]\n\n\nresult = f([[1.0], [2.0]], 2)\n',
    ],
  ] as [string, string][]) {
    it(`is refused: ${why}`, async () => {
      for (const refactor of [byLoop, byFunction]) {
        const answer = await edited(text, refactor);
        assert.ok(answer === undefined || 'code' in answer, answer && 'edited' in answer ? answer.edited : '');
      }
    });
  }
});
