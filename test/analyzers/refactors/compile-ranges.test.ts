import assert from 'node:assert/strict';
import { range, type Range } from '../../../analyzers/refactors/compile/intervals';
import { judgeRanges } from '../../../analyzers/refactors/compile/ranges';
import { loadSyntax } from '../../../analyzers/syntax/parser';
import { readModule } from '../../../analyzers/syntax/python-module';
import { sourceOf } from './page-runner';

const small = range(0, 2 ** 20);

/** 'safe', 'checks n', or the text of what may overflow. */
function judge(text: string, start: Record<string, Range>, integers: string[] = []): string {
  const containers = new Set(['xs', 'd', 'e', 'w', 'v'].filter((name) => name in start));
  const module = readModule(sourceOf('/page.py', text));
  const answer = judgeRanges({
    body: module.body,
    start: new Map(Object.entries(start)),
    integers: new Set([...Object.keys(start), ...integers]),
    containers,
  });
  if (!answer.ok) {
    const { start: from, end } = answer.at;
    return (text.split('\n')[from.line] ?? '').slice(from.character, end.character);
  }
  return answer.checks.length === 0 ? 'safe' : `checks ${answer.checks.map(({ name }) => name).join(', ')}`;
}

describe('ranges of integers', () => {
  before(loadSyntax);

  for (const [what, text, start, integers, expected] of [
    ['a sum of squares below 2**20', 'total = 0\nfor i in range(n):\n    total += i * i', { n: small }, ['total', 'i'], 'safe'],
    ['the same with any n', 'total = 0\nfor i in range(n):\n    total += i * i', { n: range(0, 2 ** 62) }, ['total', 'i'], 'i * i'],
    ['a product', 'p = 1\nfor i in range(1, n):\n    p *= i', { n: small }, ['p', 'i'], 'checks p'],
    ['a remainder in each step', 'h = 0\nfor i in range(n):\n    h = (h * 31 + i) % 1000003', { n: small }, ['h', 'i'], 'safe'],
    [
      'a linear congruential generator',
      'for _ in range(n):\n    x = (1103515245 * x + 12345) & 0x7fffffff',
      { n: small, x: range(0, 2 ** 31) },
      ['_'],
      'safe',
    ],
    [
      'Collatz',
      'steps = 0\nwhile n != 1:\n    if n % 2 == 0:\n        n = n // 2\n    else:\n        n = 3 * n + 1\n    steps += 1',
      { n: small },
      ['steps'],
      'checks n',
    ],
    ['Fibonacci', 'a, b = 0, 1\nfor _ in range(n):\n    a, b = b, a + b', { n: small }, ['a', 'b', '_'], 'checks a, b'],
    ['Fibonacci by a remainder', 'a, b = 0, 1\nfor _ in range(n):\n    a, b = b, (a + b) % 1000', { n: small }, ['a', 'b', '_'], 'safe'],
    ['a counter in nested loops', 'c = 0\nfor i in range(n):\n    for j in range(i, n):\n        c += 1', { n: small }, ['c', 'i', 'j'], 'safe'],
    [
      'sums of products in nested loops',
      'c = 0\nfor i in range(n):\n    for j in range(n):\n        c += i * j',
      { n: range(0, 2 ** 14) },
      ['c', 'i', 'j'],
      'safe',
    ],
    [
      'the same below 2**31',
      'c = 0\nfor i in range(n):\n    for j in range(n):\n        c += i * j',
      { n: range(0, 2 ** 31) },
      ['c', 'i', 'j'],
      'checks c',
    ],
    ['a count under a test', 'c = 0\nfor x in xs:\n    if x > 3:\n        c += 1', { xs: range(-(2 ** 62), 2 ** 62) }, ['c', 'x'], 'safe'],
    ['trial division', 'k = 2\nwhile k * k <= n:\n    if n % k == 0:\n        break\n    k += 1', { n: range(0, 2 ** 31) }, ['k'], 'checks k'],
    [
      'a binary search',
      'lo = 0\nhi = n\nwhile lo < hi:\n    mid = (lo + hi) // 2\n    if xs[mid] < x:\n        lo = mid + 1\n    else:\n        hi = mid',
      { n: small, xs: small, x: small },
      ['lo', 'hi', 'mid'],
      'safe',
    ],
    ['a table of minima', 'for i in range(n):\n    d[i] = min(d[i] + 1, 5)', { n: small, d: range(0, 5) }, ['i'], 'safe'],
    ['a table of sums', 'for i in range(2, n):\n    d[i] = d[i - 1] + d[i - 2]', { n: small, d: range(0, 1) }, ['i'], 'd[i - 1] + d[i - 2]'],
    [
      'edit distance',
      'for i in range(1, n):\n    for j in range(1, n):\n        d[i][j] = min(d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (0 if xs[i] == xs[j] else 1))',
      { n: small, d: range(0, 2 ** 20), xs: small },
      ['i', 'j'],
      'safe',
    ],
    [
      'a knapsack',
      'for i in range(n):\n    for j in range(n, w[i] - 1, -1):\n        d[j] = max(d[j], d[j - w[i]] + v[i])',
      { n: small, d: range(0, 0), w: range(0, 2 ** 16), v: range(0, 2 ** 15) },
      ['i', 'j'],
      'safe',
    ],
    [
      'shortest paths',
      'for k in range(n):\n    for i in range(n):\n        for j in range(n):\n            s = d[i][k] + d[k][j]\n            if s < d[i][j]:\n                d[i][j] = s',
      { n: small, d: range(0, 2 ** 31) },
      ['i', 'j', 'k', 's'],
      'safe',
    ],
    [
      'counts that are added up from two places',
      'for i in range(1, n):\n    for j in range(1, n):\n        d[i][j] = d[i - 1][j] + d[i][j - 1]',
      { n: small, d: range(0, 1) },
      ['i', 'j'],
      'd[i - 1][j] + d[i][j - 1]',
    ],
    ['a power', 'y = x ** 9', { x: small }, ['y'], 'x ** 9'],
    ['a shift', 'y = 1 << k', { k: range(0, 2 ** 20) }, ['y'], '1 << k'],
  ] as [string, string, Record<string, Range>, string[], string][]) {
    it(`tell of ${what}: ${expected}`, () => assert.equal(judge(text, start, integers), expected));
  }
});
