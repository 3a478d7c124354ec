import assert from 'node:assert/strict';
import type { Refactor } from '../../../analyzers/refactors/refactor';
import { refactor as elementwise } from '../../../analyzers/refactors/python/vectorize-elementwise';
import { refactor as nest } from '../../../analyzers/refactors/python/vectorize-nest';
import { refactor as reduction } from '../../../analyzers/refactors/python/vectorize-reduction';
import { loadSyntax } from '../../../analyzers/syntax/parser';
import { applyTo, factsOf, sourceOf, WarmPython } from './page-runner';
import { Comparer } from './property-runner';

/**
 * Functions that are vectorized for the inputs of one run and then given very different ones: equal results with equal types, or
 * equal exceptions that carry no other one along.
 * `inputs`: Python expression of a list of argument tuples.
 */
interface Case {
  name: string;
  code: string;
  sample: string;
  inputs: string;
  refactor: Refactor;
}

const floatLists =
  '[[], [0.5], [1.0, -2.5, 3.25], [0.0, -0.0], [float("nan"), 1.0], [1.0, float("nan")], [float("inf"), 2.0], [1e200, 2.0], [-1e308, 1e308, 5.0], [3, 4], [10**12, 10**13], [2**70, 1], [True, False], [1.5] * 37]';
const one = `[(values,) for values in ${floatLists}]`;
const pairs = `[(a, b) for a in ${floatLists} for b in (a, a[::-1], a[:1], a + [1.0])]`;
const arrays =
  '[np.array([]), np.array([1.5]), np.array([1.0, -2.0, 3.0]), np.array([0.0, -1.0]), np.array([np.nan, 1.0]), np.array([np.inf, 1.0]), np.linspace(-3, 3, 33)]';
const array = `[(values,) for values in ${arrays}]`;
/** Lists of rows: empty, ragged, of mixed types, with what overflows. */
const rows =
  '[(points,) for points in ([], [(1.0, 2.0)], [(0.5, 1.0), (2.0, -1.0), (2.5, -1.0)], [(0.0, 0.0)] * 3, [(1.0, float("nan")), (2.0, 1.0)], [(float("inf"), 1.0), (2.0, 1.0)], [(1, 2), (3, 4), (3, 5)], [(1.0, 2), (3.0, 4)], [(1.0,), (2.0,)], [(1.0, 2.0, 3.0), (4.0, 5.0)], [(1.0, 2.0, 3.0), (4.0, 5.0, 6.0)], [[1.0, 2.0], [2.0, 2.0]], ((1.0, 2.0), (2.0, 5.0)), [(1e200, 1.0), (-1e200, 1.0)])]'; // prettier-ignore
const grids =
  '[[], [[]], [[1]], [[1, 0]], [[0, 1, 1], [1, 1, 0]], [[1, 0, 1, 1], [0, 1, 1, 0], [1, 1, 0, 1]], [[1], [2, 3]], [[0.5, 1.0], [2.0, 0.0]], [[True, False], [False, True]], [[2**62, 2**62], [5, 2**62]], [[2**70, 1], [1, 1]], ((1, 2), (3, 4))]';
const grid = `[(cells,) for cells in ${grids}]`;
const counts = '[(n,) for n in (-3, 0, 1, 2, 7, 1000)]';

const def = (body: string): string => `def f${body}\n`;
const cases: Case[] = [
  { name: 'squares of a list', refactor: elementwise, code: def('(xs):\n    return [x * x for x in xs]'), sample: 'f([1.0, 2.0])', inputs: one },
  { name: 'cubes', refactor: elementwise, code: def('(xs):\n    return [x**3 - 2 * x for x in xs]'), sample: 'f([1.0, 2.0])', inputs: one },
  { name: 'a square root', refactor: elementwise, code: def('(xs):\n    return [math.sqrt(x) + 1 for x in xs]'), sample: 'f([1.0, 2.0])', inputs: one },
  { name: 'exponentials', refactor: elementwise, code: def('(xs):\n    out = []\n    for x in xs:\n        y = math.exp(-x)\n        out.append(1 / (1 + y))\n    return out'), sample: 'f([1.0])', inputs: one },
  { name: 'a quotient', refactor: elementwise, code: def('(xs, ys):\n    return [x / y for x, y in zip(xs, ys)]'), sample: 'f([1.0], [2.0])', inputs: pairs },
  { name: 'a floor quotient and a remainder', refactor: elementwise, code: def('(xs, ys):\n    out = []\n    for x, y in zip(xs, ys):\n        out.append(x // y + x % y)\n    return out'), sample: 'f([1.0], [2.0])', inputs: pairs },
  { name: 'a choice', refactor: elementwise, code: def('(xs):\n    out = []\n    for x in xs:\n        if x < 0.0:\n            y = -x\n        elif x > 2.0:\n            y = 2.0\n        else:\n            y = x * 0.5\n        out.append(y)\n    return out'), sample: 'f([1.0])', inputs: one },
  { name: 'a logarithm under a test', refactor: elementwise, code: def('(xs):\n    return [math.log(x) if x > 0 else 0.0 for x in xs]'), sample: 'f([1.0])', inputs: one },
  { name: 'a filter', refactor: elementwise, code: def('(xs):\n    return [x * 2.0 for x in xs if x > 0]'), sample: 'f([1.0])', inputs: one },
  { name: 'the larger of two', refactor: elementwise, code: def('(xs, ys):\n    return [max(x, y) for x, y in zip(xs, ys)]'), sample: 'f([1.0], [2.0])', inputs: pairs },
  { name: 'truncation', refactor: elementwise, code: def('(xs):\n    return [int(x * 10) for x in xs]'), sample: 'f([1.0])', inputs: one },
  { name: 'ints', refactor: elementwise, code: def('(xs):\n    return [x * x - 3 * x for x in xs]'), sample: 'f([1, 2])', inputs: one },
  { name: 'neighbours', refactor: elementwise, code: def('(xs):\n    out = []\n    for i in range(len(xs) - 1):\n        out.append(xs[i + 1] - xs[i])\n    return out'), sample: 'f([1.0, 2.0])', inputs: one },
  { name: 'an index into two lists', refactor: elementwise, code: def('(xs, ys):\n    out = [0.0] * len(xs)\n    for i in range(len(xs)):\n        out[i] = xs[i] * ys[i] + 1\n    return out'), sample: 'f([1.0, 2.0], [3.0, 4.0])', inputs: pairs },
  { name: 'triangular numbers', refactor: elementwise, code: def('(n):\n    return [k * (k + 1) // 2 for k in range(n)]'), sample: 'f(9)', inputs: counts },
  { name: 'NumPy scalars', refactor: elementwise, code: def('(xs):\n    return [np.sqrt(x) + 1 for x in xs]'), sample: 'f(np.array([1.0, 2.0]))', inputs: array },
  { name: 'an array filled by index', refactor: elementwise, code: def('(xs):\n    out = np.zeros(len(xs))\n    for i in range(len(xs)):\n        if xs[i] > 0:\n            out[i] = math.log(xs[i])\n    return out'), sample: 'f(np.array([1.0, -2.0]))', inputs: array },
  { name: 'a stencil', refactor: elementwise, code: def('(xs):\n    out = xs.copy()\n    for i in range(1, len(xs) - 1):\n        out[i] = 0.5 * (xs[i - 1] + xs[i + 1])\n    return out'), sample: 'f(np.linspace(0, 1, 5))', inputs: array },
  { name: 'a change in place', refactor: elementwise, code: def('(xs):\n    for i in range(len(xs) - 1):\n        xs[i] = xs[i + 1] * 2.0\n    return xs'), sample: 'f(np.linspace(0, 1, 5))', inputs: array },
  { name: 'a choice with an int', refactor: elementwise, code: def('(xs):\n    out = np.zeros(len(xs))\n    for i in range(len(xs)):\n        if xs[i] > 0.5:\n            out[i] = xs[i] - 0.5\n        else:\n            out[i] = 0\n    return out'), sample: 'f(np.array([1.0, -2.0]))', inputs: array },
  { name: 'two tests that leave places alone', refactor: elementwise, code: def('(xs):\n    out = np.full(len(xs), 7.0)\n    for i in range(len(xs)):\n        if xs[i] > 0.5:\n            out[i] = 0.5\n        elif xs[i] < 0:\n            out[i] = 0.0\n    return out'), sample: 'f(np.array([1.0, -2.0]))', inputs: array },
  { name: 'values cut in place', refactor: elementwise, code: def('(xs):\n    for i in range(len(xs)):\n        if xs[i] > 0.5:\n            xs[i] = 0.5\n        elif xs[i] < 0:\n            xs[i] = 0\n    return xs'), sample: 'f(np.array([1.0, -2.0]))', inputs: array },
  { name: 'places that a test adds to', refactor: elementwise, code: def('(xs):\n    out = np.ones(len(xs))\n    for i in range(len(xs)):\n        if xs[i] > 0.5:\n            out[i] += 2 * xs[i]\n    return out'), sample: 'f(np.array([1.0, -2.0]))', inputs: array },
  { name: 'two arrays changed places', refactor: elementwise, code: def('(xs):\n    ys = xs * 2.0\n    for i in range(len(xs)):\n        kept = xs[i]\n        xs[i] = ys[i]\n        ys[i] = kept\n    return xs, ys'), sample: 'f(np.array([1.0, -2.0]))', inputs: array },
  { name: 'an item kept before its place is stored to', refactor: elementwise, code: def('(xs):\n    ys = np.zeros(len(xs))\n    for i, x in enumerate(xs):\n        xs[i] = x * 2.0\n        ys[i] = x\n    return xs, ys'), sample: 'f(np.array([1.0, -2.0]))', inputs: array },
  { name: 'a filter of two tests', refactor: elementwise, code: def('(xs):\n    out = []\n    for x in xs:\n        if x > 0.5:\n            out.append(x)\n        elif x < 0:\n            out.append(-x)\n    return out'), sample: 'f([1.0])', inputs: one },
  { name: 'tests inside both sides', refactor: elementwise, code: def('(xs):\n    out = []\n    for x in xs:\n        if x > 0:\n            if x < 3.0:\n                out.append(x)\n        else:\n            if x < -2.0:\n                out.append(-x)\n    return out'), sample: 'f([1.0])', inputs: one },
  { name: 'a count beside a logarithm', refactor: elementwise, code: def('(xs):\n    count = 0\n    out = []\n    for x in xs:\n        if x > 0:\n            y = math.log(x)\n            count += 1\n            out.append(1)\n    return count, out'), sample: 'f([1.0])', inputs: one },
  { name: 'a guarded sum from int zero', refactor: reduction, code: def('(xs):\n    total = 0\n    for x in xs:\n        if x > 0:\n            total += math.log(x)\n    return total'), sample: 'f([1.0])', inputs: one },
  { name: 'a while over a list', refactor: elementwise, code: def('(xs):\n    i = 0\n    out = []\n    while i < len(xs):\n        out.append(math.sqrt(xs[i]))\n        i += 1\n    return out'), sample: 'f([1.0])', inputs: one },
  { name: 'counts by place', refactor: elementwise, code: def('(ks):\n    counts = np.zeros(5, dtype=int)\n    for k in ks:\n        counts[k] += 1\n    return counts'), sample: 'f(np.array([1, 2, 2]))', inputs: '[(np.array(ks, dtype=int),) for ks in ([], [0, 0, 4], [-1, -5], [5], [1, -6])]' },
  { name: 'counts by rounded place', refactor: elementwise, code: def('(xs):\n    counts = np.zeros(5)\n    for x in xs:\n        counts[int(x)] += 1\n    return counts'), sample: 'f([1.0, 2.0])', inputs: one },
  { name: 'columns of a list of pairs', refactor: elementwise, code: def('(points, a):\n    return [((x - a) ** 2 + y) * 0.5 for x, y in points]'), sample: 'f([(1.0, 2.0)], 1.0)', inputs: '[(points, 1.5) for points in ([], [(1.0, 2.0), (3.0, -4.5)], [(1, 2)], [(1, 2.5), (2.5, 1)], [(1.0, 2.0, 3.0)], [(float("nan"), 1e200)], [(1e200, 1.0)], ["ab"], [(1.0, "a")])]' },
  { name: 'items by the places of another list', refactor: elementwise, code: def('(xs, places):\n    out = []\n    for k in places:\n        out.append(xs[k] * 2.0)\n    return out'), sample: 'f([1.0, 2.0, 3.0], [0, 2])', inputs: '[(xs, ks) for xs in ([], [1.0, 2.0, 3.0], [1, 2, 3]) for ks in ([], [0, 2, -1], [3], [0, -4], [True], [2**70])]' },
  { name: 'neighbours on a torus', refactor: nest, code: def('(cells):\n    rows, cols = len(cells), len(cells[0])\n    new = [[0] * cols for _ in range(rows)]\n    for r in range(rows):\n        for c in range(cols):\n            n = 0\n            for dr in (-1, 0, 1):\n                for dc in (-1, 0, 1):\n                    if dr == 0 and dc == 0:\n                        continue\n                    n += cells[(r + dr) % rows][(c + dc) % cols]\n            if cells[r][c]:\n                new[r][c] = 1 if n in (2, 3) else 0\n            else:\n                new[r][c] = 1 if n == 3 else 0\n    return new'), sample: 'f([[0, 1, 1], [1, 0, 0], [1, 1, 0]])', inputs: grid },
  { name: 'neighbours inside of the bounds', refactor: nest, code: def('(cells):\n    new = []\n    for y in range(len(cells)):\n        row = []\n        for x in range(len(cells[0])):\n            n = 0\n            for dy, dx in ((0, -1), (0, 1), (-1, 0), (1, 0)):\n                ny, nx = y + dy, x + dx\n                if 0 <= ny < len(cells) and 0 <= nx < len(cells[0]):\n                    n += cells[ny][nx]\n            row.append(n)\n        new.append(row)\n    return new'), sample: 'f([[0, 1, 1], [1, 0, 0], [1, 1, 0]])', inputs: grid },
  { name: 'neighbours that count from the end', refactor: nest, code: def('(cells):\n    new = []\n    for y in range(len(cells)):\n        row = []\n        for x in range(len(cells[0])):\n            row.append(cells[y][x] + cells[y - 1][x - 1])\n        new.append(row)\n    return new'), sample: 'f([[0, 1, 1], [1, 0, 0], [1, 1, 0]])', inputs: grid },
  { name: 'numbers at computed places, some of them past the end', refactor: nest, code: def('(cells):\n    new = []\n    for y in range(len(cells)):\n        row = []\n        for x in range(len(cells[0])):\n            row.append(cells[y][x] * 2 + cells[y][(x * 3 + y) % 4])\n        new.append(row)\n    return new'), sample: 'f([[0, 1, 1, 5], [1, 0, 0, 4]])', inputs: grid },
  { name: 'an array around its ends', refactor: nest, code: def('(xs):\n    out = np.zeros_like(xs)\n    n, m = xs.shape\n    for i in range(n):\n        for j in range(m):\n            out[i, j] = xs[(i + 1) % n, j] + xs[(i - 1 + n) % n, (j + 2) % m] - 2 * xs[i, j]\n    return out'), sample: 'f(np.ones((3, 4)))', inputs: '[(np.arange(n * m, dtype=float).reshape(n, m) ** 2,) for n in range(4) for m in range(4)] + [(np.eye(3, dtype=int),), (np.ones(3),), ([[1.0]],)]' },
  { name: 'a value that is updated within the trip', refactor: elementwise, code: def('(xs):\n    out = []\n    for x in xs:\n        y = x * 2.0\n        y += 1.0\n        y *= x\n        out.append(y)\n    return out'), sample: 'f([1.0])', inputs: one },
  { name: 'tests of numbers beside tests', refactor: elementwise, code: def('(xs, flag):\n    out = []\n    for x in xs:\n        out.append(1.0 if flag and x > 0 or not x else 2.0)\n    return out'), sample: 'f([1.0], 2)', inputs: `[(xs, flag) for xs in ${floatLists} for flag in (0, 2, 3, True)]` },
  { name: 'one of a few numbers', refactor: elementwise, code: def('(xs):\n    out = []\n    for x in xs:\n        out.append(1 if x in (1, 3) else 2 if x not in (4, 0) else 3)\n    return out'), sample: 'f([1.0])', inputs: one },
  { name: 'the closest pair of points', refactor: reduction, code: def('(points):\n    best = math.inf\n    pair = None\n    total = 0.0\n    for i in range(len(points)):\n        for j in range(i + 1, len(points)):\n            dx = points[i][0] - points[j][0]\n            dy = points[i][1] - points[j][1]\n            d = math.sqrt(dx * dx + dy * dy)\n            if d < best:\n                best = d\n                pair = (i, j)\n            total += d\n    return best, pair, total'), sample: 'f([(1.0, 2.0), (3.0, 1.0), (2.0, 2.0)])', inputs: rows },
  { name: 'pairs of rows taken apart', refactor: reduction, code: def('(points):\n    total = 0.0\n    for i in range(len(points)):\n        x1, y1 = points[i]\n        for j in range(i):\n            x2, y2 = points[j]\n            total += (x1 - x2) ** 2 + abs(y1 - y2)\n    return total'), sample: 'f([(1.0, 2.0), (3.0, 1.0), (2.0, 2.0)])', inputs: rows },
  { name: 'rows of lists that an outer loop changes', refactor: reduction, code: def('(rows):\n    totals = []\n    for step in range(3):\n        total = 0.0\n        for j in range(len(rows)):\n            total += rows[j][0] * rows[j][1]\n        for row in rows:\n            row[0] += 1.0\n        totals.append(total)\n    return totals'), sample: 'f([[1.0, 2.0], [3.0, 1.0]])', inputs: rows },
  { name: 'a sum from int zero', refactor: reduction, code: def('(xs):\n    total = 0\n    for x in xs:\n        total += x * 0.5\n    return total'), sample: 'f([1.0])', inputs: one },
  { name: 'a sum of squares', refactor: reduction, code: def('(xs):\n    return sum(x * x for x in xs)'), sample: 'f([1.0])', inputs: one },
  { name: 'a sum of ints', refactor: reduction, code: def('(xs):\n    total = 0\n    for x in xs:\n        total += x * x\n    return total'), sample: 'f([1, 2])', inputs: one },
  { name: 'a dot product', refactor: reduction, code: def('(xs, ys):\n    total = 0.0\n    for i in range(len(xs)):\n        total += xs[i] * ys[i]\n    return total'), sample: 'f([1.0], [2.0])', inputs: pairs },
  { name: 'a guarded sum', refactor: reduction, code: def('(xs):\n    total = 0.0\n    for x in xs:\n        if x > 0:\n            total += math.log(x)\n    return total'), sample: 'f([1.0])', inputs: one },
  { name: 'a count', refactor: reduction, code: def('(xs):\n    count = 0\n    for x in xs:\n        if x > 1 and x < 3:\n            count += 1\n    return count'), sample: 'f([1.0])', inputs: one },
  { name: 'extremes', refactor: reduction, code: def('(xs):\n    low = xs[0]\n    high = xs[0]\n    for x in xs:\n        if x < low:\n            low = x\n        if x > high:\n            high = x\n    return low, high'), sample: 'f([1.0])', inputs: one },
  { name: 'the largest square', refactor: reduction, code: def('(xs):\n    return max(x * x for x in xs)'), sample: 'f([1.0])', inputs: one },
  { name: 'any under a short circuit', refactor: reduction, code: def('(xs):\n    return any(x != 0 and 1 / x > 0.3 for x in xs)'), sample: 'f([1.0])', inputs: one },
  { name: 'a maximum from zero', refactor: reduction, code: def('(xs):\n    most = 0\n    for x in xs:\n        if x > most:\n            most = x\n    return most'), sample: 'f([1.0])', inputs: one },
  { name: 'the first largest and its place', refactor: reduction, code: def('(xs):\n    best = xs[0]\n    place = 0\n    for i in range(len(xs)):\n        if xs[i] > best:\n            best = xs[i]\n            place = i\n    return best, place'), sample: 'f([1.0])', inputs: one },
  { name: 'the last smallest and its place', refactor: reduction, code: def('(xs):\n    best, place = 1e9, None\n    for i, x in enumerate(xs, 1):\n        if x <= best:\n            best, place = x, i\n    return best, place'), sample: 'f([1.0])', inputs: one },
  { name: 'the item that is nearest', refactor: reduction, code: def('(xs, ys):\n    nearest = 1e18\n    found = None\n    for x, y in zip(xs, ys):\n        d = math.sqrt((x - 1.0) ** 2 + y * y)\n        if d < nearest:\n            nearest = d\n            found = x\n    return nearest, found'), sample: 'f([1.0], [2.0])', inputs: pairs },
  { name: 'the largest of a long range and its place', refactor: reduction, code: def('(n):\n    best = -1\n    place = None\n    for k in range(n):\n        v = k * 7919 % 1009\n        if v > best:\n            best = v\n            place = k\n    return best, place'), sample: 'f(9)', inputs: '[(n,) for n in (-3, 0, 1, 900, 65_536, 65_537, 200_000)]' },
  { name: 'an array\'s largest and its place', refactor: reduction, code: def('(xs):\n    best = -1e18\n    place = -1\n    for i in range(len(xs)):\n        if xs[i] > best:\n            best = xs[i]\n            place = i\n    return best, place'), sample: 'f(np.array([1.0, 2.0]))', inputs: array },
  { name: 'a while that counts', refactor: reduction, code: def('(n):\n    i = 1\n    total = 0\n    while i < n:\n        total += 1 / i\n        i += 1\n    return total'), sample: 'f(9)', inputs: counts },
  { name: 'the nearest of a list of pairs', refactor: reduction, code: def('(points):\n    best = 1e18\n    where = -1\n    for i, (x, y) in enumerate(points):\n        d = math.hypot(x - 1.0, y)\n        if d < best:\n            best = d\n            where = i\n    return best, where'), sample: 'f([(1.0, 2.0)])', inputs: '[(points,) for points in ([], [(1.0, 2.0), (3.0, -4.5), (1.0, 2.0)], [(1, 2)], [(1.0, 2.0, 3.0)], [(float("nan"), 1.0)], [(1e308, 1e308)])]' },
  { name: 'rows that an outer loop changes', refactor: reduction, code: def('(rows):\n    totals = []\n    for step in range(3):\n        total = 0.0\n        for x, y in rows:\n            total += x * y\n        for row in rows:\n            row[0] += 1.0\n        totals.append(total)\n    return totals'), sample: 'f([[1.0, 2.0], [3.0, 0.5]])', inputs: '[(rows,) for rows in ([], [[1.0, 2.0], [3.0, 0.5]], [[1, 2]], [[1.0, 2.0, 3.0]])]' },
  { name: 'a product', refactor: reduction, code: def('(xs):\n    product = 1.0\n    for x in xs:\n        product *= x\n    return product'), sample: 'f([1.0])', inputs: one },
  { name: 'a series', refactor: reduction, code: def('(n):\n    total = 0.0\n    for k in range(n):\n        total += (-1) ** k / (2 * k + 1)\n    return total'), sample: 'f(9)', inputs: counts },
  { name: 'a harmonic sum from zero', refactor: reduction, code: def('(n):\n    return sum(1 / k for k in range(n))'), sample: 'f(0)', inputs: counts },
  { name: 'a sum of a long range', refactor: reduction, code: def('(n):\n    total = 0\n    for k in range(n):\n        total += k * k\n    return total'), sample: 'f(9)', inputs: '[(n,) for n in (-3, 0, 1, 65_535, 65_536, 65_537, 200_000)]' },
  { name: 'NumPy scalars added', refactor: reduction, code: def('(xs):\n    total = 0.0\n    for x in xs:\n        if x > 0:\n            total += x\n    return total'), sample: 'f(np.array([1.0, 2.0]))', inputs: array },
]; // prettier-ignore

/** Python that runs both versions on every input and prints where they differ. */
const comparison = (before: string, after: string, inputs: string): string => `
import copy, math, warnings
import numpy as np
warnings.simplefilter("ignore")
def load(text):
    names = {"math": math, "np": np}
    exec(text, names)
    return names["f"]
def outcome(function, given):
    try:
        return function(*copy.deepcopy(given))
    except Exception as error:
        return type(error), str(error), error.__context__
def same(a, b):
    if type(a) is not type(b):
        return False
    if isinstance(a, np.ndarray):
        return a.dtype == b.dtype and a.shape == b.shape and all(same(x, y) for x, y in zip(a.tolist(), b.tolist()))
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b))
    if isinstance(a, float):
        return a == b or (a != a and b != b) or abs(a - b) <= 1e-9 * max(abs(a), abs(b))
    return a == b
before, after = load(${JSON.stringify(before)}), load(${JSON.stringify(after)})
tried = 0
for given in ${inputs}:
    tried += 1
    a, b = outcome(before, given), outcome(after, given)
    if not same(a, b):
        print(f"{given!r}: {a!r} became {b!r}"[:300])
print("tried", tried)
`;

describe('vectorized code on inputs that the profiled run never had', () => {
  let warm: WarmPython;
  let comparer: Comparer;
  before(async () => {
    await loadSyntax();
    warm = new WarmPython();
    comparer = new Comparer();
  });
  after(() => {
    warm.close();
    comparer.close();
  });

  it("counts in 64 bits where NumPy's own ints have 32", async () => {
    const text = 'def f(n):\n    return [k * k for k in range(n)]\nresult = f(9)\n';
    const ran = await warm.run(text, '/page.py', true);
    const { facts, cx } = factsOf(sourceOf('/page.py', text), sourceOf('/page.py', text), ran.frames, 10);
    const windows = { ...cx, interpreter: { ...cx.interpreter, platform: 'win-amd64', packages: { numpy: '1.26.4' } } };
    const answer = applyTo(elementwise, facts, windows, 'cpu-python');
    if (answer === undefined || 'code' in answer) assert.fail(`not vectorized: ${JSON.stringify(answer)}`);
    assert.match(answer.edited, /np\.arange\(n, dtype=np\.int64\)/);
  });

  it('keeps the line ends of a file from Windows, also after a comment that stays', async () => {
    const text =
      'import numpy as np\r\nxs = np.ones(9)\r\ntotal = 0.0\r\nfor x in xs:\r\n    y = x * 2.0  # twice\r\n    total += y  # last\r\nprint(total)\r\n';
    const ran = await warm.run(text, '/page.py', true);
    const { facts, cx } = factsOf(sourceOf('/page.py', text), sourceOf('/page.py', text), ran.frames, 10);
    const answer = applyTo(reduction, facts, cx, 'cpu-python');
    if (answer === undefined || 'code' in answer) assert.fail(`not vectorized: ${JSON.stringify(answer)}`);
    assert.match(answer.edited, /np\.sum\(y\) {2}# last\r\n/);
    assert.doesNotMatch(answer.edited, /[^\r]\n|\r[^\n]/);
  });

  it('leaves loops alone where the file replaces a function of math', () => {
    const text = 'import math\nreal = math.sqrt\nmath.sqrt = lambda v: real(v) + 1.0\nout = [math.sqrt(x) for x in [1.0, 2.0]]\n';
    const { facts, cx } = factsOf(sourceOf('/page.py', text), sourceOf('/page.py', text), [], 10);
    const answer = applyTo(elementwise, facts, cx, 'cpu-python');
    assert.ok(answer !== undefined && 'code' in answer, 'it would compute with the replaced function');
    assert.equal(answer.code, 'unknown-call');
  });

  for (const { name, code, sample, inputs, refactor } of cases) {
    it(`gives what the loop gave: ${name}`, async () => {
      const text = `import math\nimport numpy as np\n${code}result = ${sample}\n`;
      const ran = await warm.run(text, '/page.py', true);
      assert.equal(ran.error, null);
      const { facts, cx } = factsOf(sourceOf('/page.py', text), sourceOf('/page.py', text), ran.frames, 10);
      const answer = applyTo(refactor, facts, cx, 'cpu-python');
      if (answer === undefined || 'code' in answer) assert.fail(`not vectorized: ${JSON.stringify(answer)}`);
      const compared = await warm.run(comparison(text, answer.edited, inputs), '/compare.py', false);
      assert.equal(compared.error, null);
      assert.match(compared.stdout, /^tried [1-9]\d*\n$/, `${answer.edited}\n${compared.stdout}`);
      const generated = await comparer.compare('', text, answer.edited, answer.match.tolerance, 40);
      assert.deepEqual(generated.problems, [], answer.edited);
      assert.equal(generated.functions, 1);
    }).timeout(60_000);
  }
});
