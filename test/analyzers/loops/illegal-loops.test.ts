import assert from 'node:assert/strict';
import { loadSyntax } from '../../../analyzers/syntax/parser';
import type { Legality, ValueFact } from '../../../analyzers/types';
import { judgeLoop } from '../../../analyzers/verdict/lattice';
import { illegalLoops } from './illegal-loops';
import { legalLoops } from './legal-loops';
import { allFacts, factsOf } from './sample';

const legalityOf = (text: string): Legality => {
  const line = text.split('\n').findIndex((one) => one.includes('# HERE'));
  const found = allFacts(text).filter(({ ir }) => ir.span.start.line === line);
  const [facts] = found;
  assert.ok(facts, `no loop in ${text}`);
  return judgeLoop(facts);
};
const verdictOf = (text: string): string => legalityOf(text).verdict;

describe('loops that may not run in another order', () => {
  before(loadSyntax);

  for (const [title, loops] of Object.entries(illegalLoops)) {
    it(`are not taken for such where ${title}`, () => {
      const accepted = Object.entries(loops).filter(([, text]) => verdictOf(text) === 'independent');
      assert.deepEqual(
        accepted.map(([name]) => name),
        [],
      );
      assert.ok(Object.keys(loops).length > 2);
    });
  }
});

describe('sums that are rounded at every step', () => {
  before(loadSyntax);
  const decimal = (top: string, added = 'price', init = 'Decimal(0)'): string =>
    `from decimal import Decimal, getcontext, localcontext\nimport decimal\n${top}def f(prices):\n    total = ${init}\n    for price in prices:\n        total += ${added}\n    return total\n`;
  const verdict = (text: string, values: Record<string, ValueFact> = {}): string => judgeLoop(factsOf(text, { f: values })).verdict;

  it('are not taken apart where the program sets how decimals are rounded', () => {
    for (const top of [
      'getcontext().prec = 7\n',
      'decimal.getcontext().rounding = decimal.ROUND_DOWN\n',
      'decimal.setcontext(decimal.Context(prec=5))\n',
      'def g():\n    with localcontext() as context:\n        context.prec = 4\n        f([])\n',
    ]) {
      assert.equal(verdict(decimal(top)), 'unknown', top);
      assert.equal(verdict(decimal(top, 'price * 3', '0')), 'unknown', top);
      assert.equal(verdict(decimal(top, 'price', '0'), { total: { type: 'int', value: 3 } }), 'independent', top);
    }
    const lazy = 'from decimal import Decimal, getcontext\ngetcontext().prec = 6\ndef f(prices):\n    return sum(price * 2 for price in prices)\n';
    assert.equal(verdict(lazy, { price: { type: 'decimal.Decimal' } }), 'unknown');
  });

  it('are not taken apart where quotients fill all digits', () => {
    assert.equal(verdict(decimal('', 'price / 3'), { price: { type: 'decimal.Decimal' } }), 'unknown');
    assert.equal(verdict(decimal('', 'price.sqrt()'), { price: { type: 'decimal.Decimal' } }), 'unknown');
  });

  it('are taken apart where amounts of money are only added up', () => {
    assert.equal(verdict(decimal('')), 'independent');
    assert.equal(verdict(decimal('', 'price * 2'), { price: { type: 'decimal.Decimal' } }), 'independent');
  });

  it('are not taken apart in single precision', () => {
    const sum = 'import numpy as np\ndef f(xs):\n    total = np.float32(0)\n    for x in xs:\n        total += x\n    return total\n';
    assert.equal(verdict(sum, { total: { type: 'float32' }, x: { type: 'float32' } }), 'unknown');
    assert.equal(verdict(sum, { total: { type: 'ndarray', dtype: 'float32', shape: [3] } }), 'unknown');
    assert.equal(verdict(sum, { total: { type: 'float64' }, x: { type: 'float64' } }), 'independent');
  });
});

describe('loops that look alike and may run in another order', () => {
  before(loadSyntax);

  for (const [title, loops] of Object.entries(legalLoops)) {
    it(`are accepted where ${title}`, () => {
      const refused = Object.entries(loops).flatMap(([name, text]) => {
        const { verdict, steps } = legalityOf(text);
        return verdict === 'independent' ? [] : [[name, ...steps.map((step) => step.text)].join(' ')];
      });
      assert.deepEqual(refused, []);
      assert.ok(Object.keys(loops).length > 1);
    });
  }

  it('are those that call a method of objects of several classes, none of which keeps anything', () => {
    const text = (body: string): string => `class Rule:\n    pass\nclass Short(Rule):\n    def check(self, row):\n        return len(row) < 4\nclass Plain(Rule):\n    def check(self, row):\n        ${body}\ndef f(rows, rule):\n    out = []\n    for row in rows:\n        out.append(rule.check(row))\n    return out\n`; // prettier-ignore
    const verdict = (body: string): string => judgeLoop(factsOf(text(body), { f: { rule: { type: '__main__.Plain|__main__.Short' } } })).verdict;
    assert.equal(verdict('return row.isalpha()'), 'independent');
    assert.equal(verdict('self.last = row; return row'), 'blocked');
    assert.equal(verdict('row.append(1); return row'), 'blocked');
  });

  it('are those that remember results by arguments of one type, or tell types apart', () => {
    const text = (decorator: string): string => `from functools import lru_cache\n@lru_cache(${decorator})\ndef work(n):\n    return repr(n)\ndef f(ns):\n    return [work(n) for n in ns]\n`; // prettier-ignore
    const verdict = (decorator: string, type: string): string => judgeLoop(factsOf(text(decorator), { f: { n: { type } } })).verdict;
    assert.equal(verdict('maxsize=None', 'int'), 'independent');
    assert.equal(verdict('maxsize=None', 'float|int'), 'blocked');
    assert.equal(verdict('maxsize=None, typed=True', 'float|int'), 'independent');
    assert.equal(verdict('maxsize=None', 'int|str'), 'independent');
  });

  it('are accepted', () => {
    const accepted = {
      frozen:
        'class Box:\n    def __init__(self, x):\n        self.x = x\n        self.rows = []\n        self.rows.append(x)\n    def __len__(self):\n        return len(self.rows)\ndef f(xs):\n    out = []\n    for x in xs:\n        box = Box(x)\n        out.append(len(box) + box.x)\n    return out\n',
      dataclass:
        'from dataclasses import dataclass, field\n@dataclass\nclass Row:\n    x: int\n    tags: list = field(default_factory=list)\ndef f(xs):\n    return [Row(x) for x in xs]\n',
      view: 'def f(d, xs):\n    known = d.keys()\n    out = []\n    for x in xs:\n        if x in known:\n            out.append(x * 2)\n    return out\n',
      counts:
        'from collections import defaultdict\ndef f(words):\n    counts = defaultdict(int)\n    for word in words:\n        counts[word] += 1\n    return counts\n',
      memo: 'from functools import lru_cache\n@lru_cache(maxsize=None)\ndef work(x):\n    return x * x\ndef f(xs):\n    return [work(x) for x in xs]\n',
      key: 'from operator import itemgetter\ndef f(rows):\n    out = []\n    for row in rows:\n        out.append(sorted(row, key=itemgetter(1))[0])\n    return out\n',
      handled:
        'def f(xs):\n    try:\n        out = []\n        for x in xs:\n            out.append(int(x))\n    except ValueError:\n        return None\n    return out\n',
      lazy: 'def f(xs, scale):\n    out = []\n    out.extend(x * scale for x in xs)\n    return out\n',
    };
    for (const [name, text] of Object.entries(accepted)) {
      const facts = factsOf(text);
      assert.equal(
        judgeLoop(facts).verdict,
        'independent',
        `${name}: ${judgeLoop(facts)
          .steps.map((step) => step.text)
          .join(' ')}`,
      );
    }
  });
});
