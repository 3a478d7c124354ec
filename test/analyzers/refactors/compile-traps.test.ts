import assert from 'node:assert/strict';
import { refactor as byFunction } from '../../../analyzers/refactors/python/njit-function';
import { refactor as byLoop } from '../../../analyzers/refactors/python/njit-loop';
import { loadSyntax } from '../../../analyzers/syntax/parser';
import { difference, editedByRun, WarmPython } from './page-runner';

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

  const edited = (text: string, refactor: typeof byLoop): ReturnType<typeof editedByRun> => editedByRun(warm, text, refactor);

  for (const [what, body, usual, odd] of [
    [
      'rows of several types',
      'def load(items, room):\n    best = 0.0\n    for weight, value in items:\n        for other in items:\n            if weight + other[0] < room:\n                best += value * other[1]\n    return best\n',
      'load([(3, 0.5), (4, 1.5)], 9)',
      'load, [], 9\nload, [(3, 0.5)], 7\nload, [(3, 0.5, 1)], 9\nload, [[3, 0.5]], 9\nload, [(3, 0.5), (4, 1)], 9\nload, [(True, 0.5)], 9\nload, [(2**63, 0.5)], 9\nload, [(2**40, 0.5)], 2**70\nload, ((3, 0.5),), 9\nload, [(3, "a")], 9\nload, [3], 9',
    ],
    [
      'lists as rows',
      'def meet(jobs):\n    count = 0\n    for start, end, cost in jobs:\n        for begin, stop, price in jobs:\n            if start < stop and begin < end:\n                count += cost * price\n    return count\n',
      'meet([[1, 4, 2], [3, 9, 5]])',
      'meet, []\nmeet, [[1, 2, 3]] * 3\nmeet, [[1, 2, 3], [1, 2]]\nmeet, [[1, 2, 2**40], [1, 5, 2**40]]\nmeet, [[1, 2.0, 3], [1, 3.5, 2]]\nmeet, [(1, 2, 3)]',
    ],
    [
      'objects of which fields are changed',
      `class P:\n    def __init__(self, x, n):\n        self.x, self.n = x, n\n\n    def __repr__(self):\n        return f"P({self.x!r}, {self.n!r})"\n\n\nclass Q(P):\n    pass\n\n\ndef push(ps, by):\n    for p in ps:\n        for q in ps:\n            q.x += p.x * by\n            q.n += 1\n            if p.n > 3:\n                p.x = p.x / (p.n - 6)\n    return len(ps)\n`,
      'push([P(1.0, 0), P(3.0, 1)], 0.5)',
      'push, [], 0.5\npush, [P(1.0, 2)] * 2, 0.5\npush, [P(1.0, 5), P(2.0, 1)], 0.5\npush, [P(1, 2)], 0.5\npush, [P(1.0, 2.5), P(1.0, 1)], 0.5\npush, [Q(1.0, 2)], 0.5\npush, [P(1.0, 2**63)], 0.5\npush, [P(1.0, None)], 0.5\npush, [P(1.0, 2**62 - 1), P(0.5, 1)], 0.5\npush, [1], 0.5\npush, (P(1.0, 2),), 0.5',
    ],
    [
      'dicts with the same keys',
      'def near(stops, limit):\n    load = 0\n    for a in stops:\n        for b in stops:\n            if abs(a["at"] - b["at"]) < limit:\n                load += a["n"] * b["n"]\n                b["at"] = b["at"] * 0.5\n    return load\n',
      'near([{"at": 1.0, "n": 2, "name": "a"}, {"at": 5.0, "n": 3, "name": "b"}], 2.0)',
      'near, [], 2.0\nnear, [{"at": 1.0, "n": 2}] * 2, 2.0\nnear, [{"at": 1.0}], 2.0\nnear, [{"at": 1, "n": 2}], 2.0\nnear, [{"at": 1.0, "n": 2**33}, {"at": 1.5, "n": 2**33}], 2.0\nnear, [{}], 2.0',
    ],
    [
      'rows of several lengths',
      'def links(graph, weights):\n    seen = [0] * len(graph)\n    total = 0\n    for u in range(len(graph)):\n        row = graph[u]\n        for i in range(len(row)):\n            for v in graph[row[i]]:\n                seen[v] += 1\n                total += row[i - 1] * weights[v]\n    return total, seen\n',
      'links([[1, 2], [0], [0, 1, 2]], [3, 4, 5])',
      'links, [], []\nlinks, [[], [0], [1]], [3, 4, 5]\nlinks, [[7, 1], [0]], [3, 4]\nlinks, [[-1, 1], [-2], []], [3, 4, 5]\nlinks, [[1.0, 0], [1]], [3, 4]\nlinks, [[True, 0], [1]], [3, 4]\nlinks, [[1, 0], (1,)], [3, 4]\nlinks, [[2**63, 0], [1]], [3, 4]\nlinks, [[1, 0], [1]], [2**62, 2**61]\nlinks, [[1], [0], [0]], [3, 4, 5]',
    ],
    [
      'rows in a field whose name a local has',
      'class Net:\n    def __init__(self, edges, values):\n        self.edges = edges\n        self.values = values\n\n    def run(self, n):\n        edges = 0\n        for _ in range(n):\n            for u, v, w in self.edges:\n                self.values[v] = self.values[v] * 0.5 + self.values[u] * w\n                edges += 1\n        return edges\n\n\ndef net(edges, values, n):\n    one = Net(edges, values)\n    try:\n        return one.run(n), one.values\n    except IndexError:\n        return one.values\n',
      'net([(0, 1, 0.5), (1, 0, 0.25)], [1.0, 2.0], 2)',
      'net, [], [1.0], 2\nnet, [(0, 5, 0.5)], [1.0], 2\nnet, [(0, -1, 0.5), (0, 1, 1.5)], [1.0, 2.0], 3\nnet, [(0, 1, 1)], [1.0, 2.0], 1\nnet, [(0, 1, 0.5, 2)], [], 0',
    ],
    [
      'results that start as None',
      'def closest(points):\n    best = None\n    pair = None\n    for i in range(len(points)):\n        for j in range(i + 1, len(points)):\n            d = abs(points[i][0] - points[j][0]) + points[i][1]\n            if best is None or d < best:\n                best = d\n                pair = (i, j)\n    return best, pair\n',
      'closest([(1.0, 2), (4.5, 1), (3.0, 2)])',
      'closest, []\nclosest, [(1.0, 2)]\nclosest, [(1.0, 2), (1.0, 2)]\nclosest, [(1, 2), (1, 2)]\nclosest, [(float("nan"), 2), (1.0, 2)]\nclosest, [(1.0, 2**62), (1.0, 2**63)]',
    ],
    [
      'None that is computed with',
      'def spread(xs):\n    low = high = None\n    for x in xs:\n        if low is None or x < low:\n            low = x\n        if high is None or x * 3 > high:\n            high = x * 3\n    return high - low\n',
      'spread([4, 1, 3])',
      'spread, []\nspread, [2**61, 1]\nspread, [2**62, -(2**62)]\nspread, [2**63]\nspread, [1.0, 2]\nspread, [None]',
    ],
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
    [
      'a largest float that starts as an int',
      'def worst(xs):\n    worst = 0\n    peak = xs[0]\n    for x in xs:\n        if x > peak:\n            peak = x\n        if peak - x > worst:\n            worst = peak - x\n    return worst\n',
      'worst([3.0, 1.0, 2.0])',
      'worst, [1.0]\nworst, [1.0, 2.0]\nworst, [2.0, 1.0]\nworst, [float("nan"), 1.0]\nworst, [3, 1]\nworst, [-0.0, 0.0]\nworst, []',
    ],
    [
      'two results of which one starts as an int',
      'def sums(xs):\n    best = 0\n    last = 0\n    count = 0\n    for x in xs:\n        if x < 0.5:\n            continue\n        count += 1\n        best = max(best, x)\n        last = best\n    return best, last, count\n',
      'sums([3.0, 1.0, 0.25])',
      'sums, []\nsums, [0.25]\nsums, [0.75]\nsums, [1, 2]\nsums, [float("inf"), 1.0]',
    ],
    [
      'a text',
      'def count(s, t):\n    n = 0\n    for i in range(len(s)):\n        if s[i] == t[i - 1] or s[i] == "a" or s[i] > "z":\n            n += ord(s[i])\n    return n\n',
      'count("banana", "ananas")',
      'count, "", ""\ncount, "a", ""\ncount, "b\\U0001f600\\ud800z", "\\U0001f600"*9\ncount, b"ab", b"ab"\ncount, ["a", "b"], ["b", "a"]\ncount, "abc", "ab"\ncount, 7, "a"',
    ],
    [
      'complex numbers',
      'def escape(re, im, most):\n    z = 0\n    c = complex(re, im)\n    for n in range(most):\n        if abs(z) > 2:\n            return n\n        z = z * z + c\n    return most\n',
      'escape(0.3, 0.5, 40)',
      'escape, 1, 1, 9\nescape, 0.3, 0.5, 0\nescape, float("nan"), 0.5, 5\nescape, float("inf"), 0.5, 5\nescape, 0.3, 0.5, -1',
    ],
    [
      'fields of an object',
      'class Walk:\n    def __init__(self, xs, at):\n        self.xs = xs\n        self.at = at\n        self.steps = 0\n\n    def go(self, n):\n        for i in range(n):\n            self.at = self.at * 0.5 + self.xs[i]\n            self.xs[i] = self.at\n            self.steps += 1\n        return self.at\n\n\ndef walk(xs, at, n):\n    one = Walk(xs, at)\n    try:\n        return one.go(n), one.xs, one.steps\n    except IndexError:\n        return one.at, one.xs, one.steps\n',
      'walk([1.0, 2.0, 3.0], 0.5, 2)',
      'walk, [1.0, 2.0], 0.5, 3\nwalk, [], 0.5, 0\nwalk, [1, 2.0], 0.5, 2\nwalk, [1.0], 1, 1\nwalk, (1.0, 2.0), 0.5, 2',
    ],
    [
      'methods that a derived class replaces',
      'class Grid:\n    def __init__(self, cells):\n        self.cells = cells\n\n    def around(self, i):\n        return self.cells[i - 1] + self.cells[i]\n\n    def total(self):\n        s = 0.0\n        for i in range(len(self.cells)):\n            s += self.around(i)\n        return s\n\n\nclass Other(Grid):\n    def around(self, i):\n        return -1.0\n\n\ndef total(kind, cells):\n    return kind(cells).total()\n\n\ndef replaced(cells):\n    grid = Grid(cells)\n    grid.around = lambda i: 7.0\n    return grid.total()\n',
      'total(Grid, [1.0, 2.0, 3.0])',
      'total, Grid, [0.5]\ntotal, Other, [0.5, 1.0]\ntotal, Grid, [1, 2]\nreplaced, [1.0, 2.0]\ntotal, Grid, []',
    ],
    [
      'random numbers',
      'import random\n\n\ndef draw(n, xs):\n    s = 0.0\n    for i in range(n):\n        s = s * 0.5 + random.random() + xs[i]\n    return s\n\n\ndef drawn(n, xs):\n    random.seed(7)\n    try:\n        first = draw(n, xs)\n    except IndexError:\n        first = None\n    return first, random.random(), random.gauss(0, 1)\n',
      'drawn(5, [1.0] * 9)',
      'drawn, 0, []\ndrawn, 3, [1.0]\ndrawn, 700, [0.5] * 700\ndrawn, 2, [1, 2]\ndrawn, 2.0, [1.0]',
    ],
    [
      'a list that grows from itself',
      'def grow(n, by):\n    xs = [1]\n    for i in range(n):\n        xs.append(xs[-1] * by % 1000003)\n    return xs\n',
      'grow(5, 3)',
      'grow, 0, 3\ngrow, 50, 7\ngrow, 50, 2**40\ngrow, 50, 2**62\ngrow, 5, 2.0',
    ],
    [
      'sums of two elements in the place of a larger one',
      'def relax(d, n):\n    for k in range(n):\n        for i in range(n):\n            for j in range(n):\n                if d[i][k] + d[k][j] < d[i][j]:\n                    d[i][j] = d[i][k] + d[k][j]\n    return d\n',
      'relax([[0, 5, 9], [1, 0, 2], [4, 7, 0]], 3)',
      'relax, [[0, 2**62], [2**62, 0]], 2\nrelax, [[-3, 2**52], [2**52, 0]], 2\nrelax, [[1, 2], [3, 4]], 3\nrelax, [[1, 2.0], [3, 4]], 2\nrelax, [], 0',
    ],
  ] as [string, string, string, string][]) {
    for (const refactor of [byLoop, byFunction]) {
      it(`answers alike: ${what} (${refactor.id})`, async () => {
        const text = `${body}\n\nresult = ${usual}\n`;
        const answer = await edited(text, refactor);
        if (answer === undefined || 'code' in answer) {
          const other = await edited(text, refactor === byLoop ? byFunction : byLoop);
          assert.ok(answer ?? (other && !('code' in other)), 'neither has anything to say');
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
    [
      'parts of a text',
      'def f(s):\n    n = 0\n    for i in range(len(s)):\n        if s[i:i + 2] == "an":\n            n += 1\n    return n\n\n\nresult = f("banana")\n',
    ],
    [
      'a list that outgrows 64 bits by itself',
      'def f(n):\n    xs = [1]\n    for i in range(n):\n        xs.append(xs[-1] * 3)\n    return xs\n\n\nresult = f(5)\n',
    ],
    [
      'a field that runs code',
      'class A:\n    def __init__(self, n):\n        self.n = n\n\n    def __setattr__(self, name, value):\n        object.__setattr__(self, name, value + 1)\n\n    def go(self):\n        for i in range(3):\n            self.n += i\n        return self.n\n\n\nresult = A(2).go()\n',
    ],
    [
      'a float or an int that was never replaced, with something computed from it',
      'def f(xs):\n    best = 0\n    other = 0\n    for x in xs:\n        if x > best:\n            best = x\n        other = best + 1\n    return other\n\n\nresult = f([1.0, 2.0])\n',
    ],
    [
      'a row that outgrows 64 bits under another name',
      'def f(grid, k):\n    for _ in range(k):\n        for row in grid:\n            row[0] = row[0] * 2\n    return grid[0][0]\n\n\nresult = f([[1, 2], [3, 4]], 2)\n',
    ],
    [
      'a field that outgrows 64 bits',
      'class P:\n    def __init__(self, n):\n        self.n = n\n\n\ndef f(ps, k):\n    for _ in range(k):\n        for p in ps:\n            p.n = p.n * 2\n    return ps[0].n\n\n\nresult = f([P(1), P(2)], 2)\n',
    ],
    [
      'a field that the class computes',
      'class P:\n    def __init__(self, n):\n        self._n = n\n        self.__dict__["n"] = n\n\n    @property\n    def n(self):\n        print("asked")\n        return self._n\n\n\ndef f(ps):\n    s = 0.0\n    for p in ps:\n        s += p.n\n    return s\n\n\nresult = f([P(1.0), P(2.0)])\n',
    ],
    [
      'a field that some objects may not have',
      'class P:\n    def __init__(self, n):\n        if n:\n            self.n = n\n\n\ndef f(ps):\n    s = 0.0\n    for p in ps:\n        s += p.n\n    return s\n\n\nresult = f([P(1.0), P(2.0)])\n',
    ],
    [
      'an int in the place of a float of an object',
      'class P:\n    def __init__(self, n):\n        self.n = n\n\n\ndef f(ps):\n    for p in ps:\n        if p.n > 5.0:\n            p.n = 1\n    return ps[0].n\n\n\nresult = f([P(1.0), P(2.0)])\n',
    ],
    [
      'objects that change places',
      'class P:\n    def __init__(self, n):\n        self.n = n\n\n\ndef f(ps):\n    for i in range(1, len(ps)):\n        if ps[i].n < ps[i - 1].n:\n            ps[i], ps[i - 1] = ps[i - 1], ps[i]\n    return ps[0].n\n\n\nresult = f([P(1.0), P(2.0)])\n',
    ],
    [
      'None that is asked whether it is true',
      'def f(xs):\n    best = None\n    for x in xs:\n        if not best or x > best:\n            best = x\n    return best\n\n\nresult = f([1.0, 2.0])\n',
    ],
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
