import assert from 'node:assert/strict';
import { loadSyntax } from '../../../analyzers/syntax/parser';
import type { FunctionFacts } from '../../../analyzers/types';
import { factsOf, sourceOf } from '../refactors/page-runner';

describe('facts of functions', () => {
  before(loadSyntax);

  const factsIn = (text: string): Map<string, FunctionFacts> => {
    const source = sourceOf('/page.py', text);
    return new Map(factsOf(source, source, [], 10).functions.map((facts) => [facts.function.qualname, facts]));
  };
  const of = (text: string, name: string): FunctionFacts => {
    const found = factsIn(text).get(name);
    assert.ok(found, `no facts of ${name}`);
    return found;
  };

  it('know recursion, also through another function', () => {
    const text = `
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)

def even(n):
    return n == 0 or odd(n - 1)

def odd(n):
    return n != 0 and even(n - 1)

def plain(n):
    return fib(n)
`;
    const facts = factsIn(text);
    assert.deepEqual(
      [...facts].map(([name, { recursive }]) => [name, recursive]),
      [
        ['fib', true],
        ['even', true],
        ['odd', true],
        ['plain', false],
      ],
    );
  });

  it('name what a call does through everything that it calls', () => {
    const text = `
seen = []

def note(x):
    seen.append(x)

def work(x):
    note(x)
    return x * 2

def area(r):
    return 3.14 * r * r
`;
    assert.equal(of(text, 'work').purity, 'mutates');
    assert.equal(of(text, 'area').purity, 'pure');
  });

  it('name the variables of the module that are read, but not its functions and imports', () => {
    const text = `
import math
RATE = 3

def base(x):
    return x * RATE

def price(x):
    local = base(x)
    return math.sqrt(local)
`;
    assert.deepEqual(of(text, 'price').globals, ['RATE']);
    assert.deepEqual(of(text, 'base').globals, ['RATE']);
  });

  it('find the calls of it, the statement around each, and whether that is repeated', () => {
    const text = `
def f(x):
    return f(x - 1) if x else 0

def g(xs):
    total = 0
    for x in xs:
        total += f(x)
    return total

print([f(x) for x in range(3)])
value = f(5)
`;
    const { sites } = of(text, 'f');
    assert.deepEqual(sites.map(({ owner, statement, repeated }) => [owner, statement.start.line, repeated]).sort(), [
      ['<module>', 10, true],
      ['<module>', 11, false],
      ['g', 7, true],
    ]);
  });
});
