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

  describe('name what may be another at a later call', () => {
    const unsettledIn = (text: string, name: string): string[] => of(text, name).unsettled.map((one) => one.name);
    const settled: [string, string, string][] = [
      ['a table that the module fills before the first call', 'f', 'T = []\nfor i in range(9):\n    T.append(i)\n\ndef f(x):\n    return T[x]\n\nprint(f(1))\n'],
      ['a table that a function fills before the first call', 'f', 'T = []\ndef fill():\n    T.append(1)\n\ndef f(x):\n    return T[x]\n\nfill()\nprint(f(0))\n'],
      ['a value that is given in the guard before the first call', 'f', 'def f(x):\n    return x * K\n\nif __name__ == "__main__":\n    K = 3\n    print(f(1))\n'],
      ['a constant of an imported library', 'f', 'import math\ndef f(x):\n    return x * math.pi\n\nprint(f(1))\n'],
      ['parameters of the function around', 'g.<locals>.f', 'def g(a, b):\n    def f(i):\n        return a[i] == b[i]\n    return f(0)\nprint(g("a", "b"))\n'],
      ['a list that the function around has built before', 'g.<locals>.f', 'def g(n):\n    t = []\n    for i in range(n):\n        t.append(i)\n    def f(i):\n        return t[i]\n    return f(0)\nprint(g(3))\n'],
    ]; // prettier-ignore
    for (const [what, name, text] of settled) it(`but not ${what}`, () => assert.deepEqual(unsettledIn(text, name), []));

    const unsettled: [string, string, string, string[]][] = [
      ['a table that is changed after a call', 'f', 'T = [1]\ndef f(x):\n    return T[x]\n\nprint(f(0))\nT[0] = 2\nprint(f(0))\n', ['T']],
      ['a table that is changed between calls by a loop of the module', 'f', 'T = [1]\ndef f(x):\n    return T[x]\n\nfor i in range(3):\n    T.append(f(0))\n', ['T']],
      ['a table that a function changes that may be called later', 'f', 'T = [1]\ndef grow():\n    T.append(1)\n\ndef f(x):\n    return T[x]\n\ndef main():\n    print(f(0))\n    grow()\n    print(f(1))\n\nmain()\n', ['T']],
      ['a global that is written', 'f', 'rate = 1\ndef up():\n    global rate\n    rate += 1\n\ndef f(x):\n    return rate * x\n\nprint(f(0))\nup()\n', ['rate']],
      ['a value that is given anew', 'f', 'rate = 1\ndef f(x):\n    return rate * x\n\nprint(f(1))\nrate = 2\nprint(f(1))\n', ['rate']],
      ['what another function reads for it', 'f', 'rate = 1\ndef g(x):\n    return rate * x\n\ndef f(x):\n    return g(x)\n\nprint(f(1))\nrate = 2\nprint(f(1))\n', ['rate']],
      ['an attribute of a class that is stored to', 'f', 'class C:\n    rate = 1\n\ndef f(x):\n    return C.rate * x\n\nprint(f(1))\nC.rate = 2\nprint(f(1))\n', ['C.rate']],
      ['the clock', 'f', 'import time\ndef f(x):\n    return x + time.time()\n\nprint(f(1))\n', ['time.time']],
      ['the environment', 'f', 'import os\ndef f(x):\n    return os.environ["A"] + x\n\nprint(f(""))\n', ['os.environ']],
      ['what the function around changes later', 'g.<locals>.f', 'def g(t):\n    def f(i):\n        return t[i]\n    a = f(0)\n    t[0] = 5\n    return a + f(0)\nprint(g([1]))\n', ['t']],
      ['what the function around gives in a loop', 'g.<locals>.f', 'def g(n):\n    def f(i):\n        return i + k\n    s = 0\n    for k in range(n):\n        s += f(0)\n    return s\nprint(g(3))\n', ['k']],
      ['a table that is changed by another name', 'f', 'T = [1]\nalias = T\ndef f(x):\n    return T[x]\n\nfor i in range(3):\n    alias[0] = f(0) + 1\n', ['T']],
      ['a variable where names are written through globals()', 'f', 'K = 1\ndef f(x):\n    return K * x\n\nprint(f(1))\nglobals()["K"] = 2\nprint(f(1))\n', ['K']],
      ['the precision of decimal numbers', 'f', 'from decimal import Decimal, getcontext\ndef f(x):\n    return Decimal(x) / 3\n\nfor p in (3, 4):\n    getcontext().prec = p\n    print(f(1))\n', ['Decimal']],
    ]; // prettier-ignore
    for (const [what, name, text, names] of unsettled) it(`as ${what}`, () => assert.deepEqual(unsettledIn(text, name), names));
  });
});
