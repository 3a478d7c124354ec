import assert from 'node:assert/strict';
import { loadSyntax } from '../../../analyzers/syntax/parser';
import { readExpression } from '../../../analyzers/syntax/python-ir';
import { functionOf, resolveName } from '../../../analyzers/syntax/python-names';
import type { PythonModule } from '../../../analyzers/syntax/python-module';
import { moduleOf } from './sample';

const program = `#!/usr/bin/env python
"""What it does."""
from __future__ import annotations
import os.path, numpy as np
from math import sqrt as root, pi
from . import near
from ..pkg.mod import far as away

LIMIT = 1_000
NAME: str = 'x'
BOTH = 1
BOTH = 2
COUNTED = 0

class Shop:
    rates = [r for r in range(3)]

    def total(self, items, /, tax=0.1, *rest, exact, **more):
        return sum(item.price for item in items)

    @staticmethod
    def of(xs):
        def inner(x):
            return [x for _ in xs]
        return inner


async def count():
    global COUNTED
    for i in range(LIMIT):
        while True:
            COUNTED += 1
            if any(x for x in [1]):
                break
    async for x in count():
        pass


if __name__ == '__main__':
    for a in [[b for b in range(2)] for _ in range(3)]:
        print(a)
`;

describe('reading a module', () => {
  let module: PythonModule;
  before(async () => {
    await loadSyntax();
    module = moduleOf(program);
  });

  it('finds every function with the name that Python gives it', () => {
    assert.deepEqual(
      module.functions.map((fn) => [fn.qualname, fn.topLevel, fn.method, fn.async, fn.decorators]),
      [
        ['Shop.total', false, true, false, []],
        ['Shop.of', false, true, false, ['staticmethod']],
        ['Shop.of.<locals>.inner', false, false, false, []],
        ['count', true, false, true, []],
      ],
    );
    assert.deepEqual(
      module.functions[0]?.params.map((param) => `${param.name}:${param.kind}${param.default ? '=' : ''}`),
      ['self:plain', 'items:plain', 'tax:plain=', 'rest:args', 'exact:keyword-only', 'more:kwargs'],
    );
  });

  it('numbers the loops of each function in text order, with what is around them', () => {
    assert.deepEqual(
      module.loops.map(
        (loop) =>
          `${loop.qualname}#${loop.ordinal} ${loop.ir.form} depth ${loop.depth}${loop.parent === null ? '' : ' in ' + String(module.loops[loop.parent]?.ordinal)}`,
      ),
      [
        '<module>#0 for depth 0',
        '<module>#1 list-comprehension depth 0',
        '<module>#2 list-comprehension depth 1 in 1',
        'Shop#0 list-comprehension depth 0',
        'Shop.total#0 generator depth 0',
        'Shop.of.<locals>.inner#0 list-comprehension depth 0',
        'count#0 for depth 0',
        'count#1 while depth 1 in 0',
        'count#2 generator depth 2 in 1',
        'count#3 for depth 0',
      ],
    );
  });

  it('gives a comprehension its whole statement, and a loop itself', () => {
    const statementOf = (qualname: string, ordinal: number): string => {
      const loop = module.loops.find((one) => one.qualname === qualname && one.ordinal === ordinal);
      assert.ok(loop);
      return program.split('\n')[loop.statement.start.line]?.slice(loop.statement.start.character) ?? '';
    };
    assert.equal(statementOf('Shop.total', 0), 'return sum(item.price for item in items)');
    assert.equal(statementOf('count', 2), 'if any(x for x in [1]):');
    assert.equal(statementOf('count', 1), 'while True:');
    assert.match(statementOf('<module>', 2), /^for a in/);
    const chain = moduleOf('if a:\n  pass\nelif any(x for x in xs):\n  y = [x for x in xs]\n');
    assert.deepEqual(
      chain.loops.map((loop) => loop.statement.start.line),
      [0, 3],
    );
  });

  it('lists imports, outline and constants', () => {
    assert.deepEqual({ ...module.imports }, { os: 'os', np: 'numpy', root: 'math.sqrt', pi: 'math.pi', near: '.near', away: '..pkg.mod.far' });
    assert.deepEqual(
      module.outline.statements.map((statement) => statement.kind),
      [
        'docstring',
        'future',
        'import',
        'import',
        'import',
        'import',
        'constant',
        'constant',
        'constant',
        'constant',
        'constant',
        'class',
        'function',
        'guard',
      ],
    );
    assert.deepEqual({ ...module.outline.constants }, { LIMIT: '1_000', NAME: "'x'" });
    assert.deepEqual(module.globals, ['COUNTED']);
    const shop = module.outline.statements.find((statement) => statement.kind === 'class');
    assert.deepEqual([shop?.names, shop?.reads.sort()], [['Shop'], ['range', 'staticmethod', 'sum']]);
  });

  it('says where Python 3 cannot read the text, and reads the rest', () => {
    const lineOfError = (text: string): number | undefined => moduleOf(text).syntaxError?.start.line;
    assert.equal(lineOfError('x = 1\ny = (\n'), 1);
    assert.equal(lineOfError('a = 1\nprint "hello"\n'), 1);
    assert.equal(lineOfError('exec "x"\n'), 0);
    assert.equal(lineOfError('a = 1\rb = 2\n'), 0);
    assert.equal(lineOfError('a = 1\r\nb = 2\r\n'), undefined);
    assert.equal(lineOfError('\ufeffa = 1\n'), undefined);
    assert.equal(moduleOf('def f(:\n  pass\n\nfor i in range(3):\n  print(i)\n').loops.length, 1);
  });
});

describe('resolving names', () => {
  before(loadSyntax);

  /** What the last line, an expression, resolves to at its own place. */
  const resolve = (text: string): string | null => {
    const module = moduleOf(text);
    const last = module.body[module.body.length - 1];
    const inner =
      last?.kind === 'expression'
        ? last.value
        : module.functions.flatMap((fn) => fn.body.slice(-1)).map((one) => (one.kind === 'expression' ? one.value : null))[0];
    assert.ok(inner);
    return resolveName(module, inner, inner.span.start);
  };

  it('goes through imports to dotted paths, and to builtins', () => {
    assert.equal(resolve('import math\nmath.sqrt'), 'math.sqrt');
    assert.equal(resolve('import numpy as np\nnp.linalg.norm'), 'numpy.linalg.norm');
    assert.equal(resolve('from math import sqrt\nsqrt'), 'math.sqrt');
    assert.equal(resolve('from concurrent import futures as f\nf.ProcessPoolExecutor'), 'concurrent.futures.ProcessPoolExecutor');
    assert.equal(resolve('sum'), 'builtins.sum');
    assert.equal(resolve('def g():\n  import math\n  math.sqrt'), 'math.sqrt');
    assert.equal(resolve('from math import *\nsqrt'), 'math.sqrt');
  });

  it('finds nothing where the name is a variable, a parameter or bound twice', () => {
    assert.equal(resolve('import math\nmath = 3\nmath.sqrt'), null);
    assert.equal(resolve('def g(sum):\n  sum'), null);
    assert.equal(resolve('def g():\n  for len in x:\n    pass\n  len'), null);
    assert.equal(resolve('sum = 3\nsum'), null);
    assert.equal(resolve('from numpy import *\nsum'), null);
    assert.equal(resolve('unheard'), null);
    assert.equal(resolve('try:\n  import a as x\nexcept ImportError:\n  import b as x\nx.f'), null);
  });

  it("finds the user's own functions through imports, packages and self", () => {
    const main = moduleOf(
      'import tools\nfrom pkg import near\nfrom pkg.deep import far as f\n\ndef own(): pass\n\nclass A:\n  def a(self):\n    self.b()\n  def b(self): pass\n',
      '/p/main.py',
    );
    const tools = moduleOf('def cut(): pass\n', '/p/tools.py');
    const pkg = moduleOf('from .deep import near\n', '/p/pkg/__init__.py');
    const deep = moduleOf('def near(): pass\ndef far(): pass\n', '/p/pkg/deep.py');
    const modules = [main, tools, pkg, deep];
    const find = (text: string): string | null => {
      const callee = readExpression(text);
      assert.ok(callee);
      const fn = functionOf(modules, main, callee);
      return fn ? `${fn.file}:${fn.qualname}` : null;
    };
    assert.equal(find('own'), '/p/main.py:own');
    assert.equal(find('tools.cut'), '/p/tools.py:cut');
    assert.equal(find('near'), '/p/pkg/deep.py:near');
    assert.equal(find('f'), '/p/pkg/deep.py:far');
    assert.equal(find('tools.none'), null);
    assert.equal(find('print'), null);
    const call = main.functions.find((fn) => fn.qualname === 'A.a')?.body[0];
    assert.ok(call?.kind === 'expression' && call.value.kind === 'call');
    assert.equal(functionOf(modules, main, call.value.callee)?.qualname, 'A.b');
  });
});
