import assert from 'node:assert/strict';
import type { Expr, LoopIR, Stmt } from '../../../analyzers/types';
import { loadSyntax } from '../../../analyzers/syntax/parser';
import { readExpression, readStatements } from '../../../analyzers/syntax/python-ir';
import { describeExpr } from '../../../analyzers/syntax/python-print';
import { bare, int, name } from './sample';

const stmt = (text: string): Stmt => {
  const [only, ...others] = readStatements(text);
  assert.ok(only && others.length === 0, text);
  return only;
};
const expr = (text: string): Expr => {
  const found = readExpression(text);
  assert.ok(found, text);
  return found;
};
const loop = (text: string): LoopIR => {
  const found = stmt(text);
  if (found.kind === 'loop') return found.loop;
  const value = found.kind === 'expression' ? found.value : found.kind === 'assign' ? found.value : null;
  const inner = value?.kind === 'call' ? [value, ...value.args] : [value];
  const lazy = inner.find((part) => part?.kind === 'loop');
  assert.ok(lazy?.kind === 'loop', `no loop in ${text}`);
  return lazy.loop;
};

describe('reading Python expressions', () => {
  before(loadSyntax);

  it('gives every form its kind', () => {
    const forms: Record<string, string> = {
      'x': 'name', '1': 'number', "'s' 't'": 'string', 'None': 'constant', '...': 'constant', 'a.b': 'attribute', 'a[0]': 'subscript', 'f(1)': 'call',
      '-x': 'unary', 'not x': 'unary', 'a @ b': 'binary', 'a < b': 'compare', 'a or b': 'logical', 'a if b else c': 'conditional', '(1, 2)': 'collection',
      '[1]': 'collection', '{1}': 'collection', '{1: 2}': 'dict', "f'{x}'": 'format', '[i for i in x]': 'loop', '(y := 1)': 'named', 'lambda a: a': 'lambda',
      '{**a}': 'opaque', 'lambda *a: a': 'opaque',
    }; // prettier-ignore
    for (const [text, kind] of Object.entries(forms)) assert.equal(expr(text).kind, kind, text);
  });

  it('tells whole numbers, floats and complex numbers', () => {
    const types = ['1_000', '0x1F', '0b1', '1.5', '1e5', '.5', '3j', '1e5j'].map((text) => {
      const found = expr(text);
      return found.kind === 'number' ? found.type : '';
    });
    assert.deepEqual(types, ['int', 'int', 'int', 'float', 'float', 'float', 'complex', 'complex']);
  });

  it('keeps chained comparisons, slices and tuple indexes apart', () => {
    const chain = expr('a < b <= c not in d is not None');
    assert.ok(chain.kind === 'compare');
    assert.deepEqual(
      chain.rest.map((part) => part.op),
      ['<', '<=', 'not in', 'is not'],
    );
    const part = expr('a[1:, ::k, 0]');
    assert.ok(part.kind === 'subscript' && part.index.kind === 'collection');
    assert.deepEqual(bare(part.index.items), [
      { kind: 'slice', lower: int('1'), upper: null, step: null },
      { kind: 'slice', lower: null, upper: null, step: name('k') },
      int('0'),
    ]);
    const single = expr('a[1,]');
    assert.ok(single.kind === 'subscript' && single.index.kind === 'collection' && single.index.items.length === 1);
  });

  it('keeps what formatted strings and calls are given', () => {
    const text = expr('f\'{a!r:>{w}} {b} {{c}}\' f"{d}"');
    assert.ok(text.kind === 'format');
    assert.deepEqual(bare(text.parts), ['a', 'w', 'b', 'd'].map(name));
    const call = expr('f(a, *b, k=1, **c)');
    assert.ok(call.kind === 'call');
    assert.deepEqual(
      call.args.map((arg) => arg.kind),
      ['name', 'spread', 'spread'],
    );
    assert.deepEqual(bare(call.keywords), [{ name: 'k', value: int('1') }]);
  });

  it('knows the names in what it has no form for', () => {
    const merged = expr('{**a, b: [c for c in d]}');
    assert.ok(merged.kind === 'opaque');
    assert.deepEqual(merged.reads.sort(), ['a', 'b', 'd']);
    const lambda = expr('lambda x, *rest, k=default: x + rest[0] + other');
    assert.ok(lambda.kind === 'opaque');
    assert.deepEqual(lambda.reads.sort(), ['default', 'other']);
  });
});

describe('reading Python statements', () => {
  before(loadSyntax);

  it('gives every form its kind', () => {
    const forms: Record<string, Stmt['kind']> = {
      'a = b = 1': 'assign', 'a: int = 1': 'assign', 'a: int': 'pass', 'a += 1': 'augment', 'f()': 'expression', 'if a:\n  b': 'if', 'for a in b:\n  c': 'loop',
      'while a:\n  b': 'loop', 'break': 'break', 'continue': 'continue', 'pass': 'pass', 'return 1': 'return', 'raise E(1) from x': 'raise',
      'try:\n  a\nexcept E as e:\n  b\nelse:\n  c\nfinally:\n  d': 'try', 'with a as b, c:\n  d': 'with', 'global a, b': 'scope', 'nonlocal a': 'scope',
      'assert a, b': 'if', 'del a': 'opaque', 'import a.b': 'opaque', 'def f(x):\n  return x': 'opaque', 'class A:\n  x = 1': 'opaque', 'match a:\n  case 1: pass': 'opaque',
    }; // prettier-ignore
    for (const [text, kind] of Object.entries(forms)) assert.equal(stmt(text).kind, kind, text);
  });

  it('nests elif in the branch before it', () => {
    const found = stmt('if a:\n  x\nelif b:\n  y\nelse:\n  z');
    assert.ok(found.kind === 'if');
    const [inner] = found.otherwise;
    assert.ok(inner?.kind === 'if' && inner.otherwise.length === 1);
    assert.deepEqual(inner.span.start, { line: 2, character: 0 });
  });

  it('reads assert as the if and raise that it is', () => {
    const found = stmt("assert x > 0, 'no'");
    assert.ok(found.kind === 'if' && found.then[0]?.kind === 'raise');
    assert.equal(describeExpr(found.test), 'not x > 0');
  });

  it('names what nested functions read from around them and bind', () => {
    const found = stmt('def f(x, y=default):\n  z = x + outer\n  def g():\n    return z + far\n  return g');
    assert.ok(found.kind === 'opaque');
    assert.deepEqual(found.writes, ['f']);
    assert.deepEqual(found.reads.sort(), ['default', 'far', 'outer']);
  });
});

describe('reading loops', () => {
  before(loadSyntax);

  it('knows what a for loop runs over', () => {
    const spaces: Record<string, unknown> = {
      'range(n)': { kind: 'range', start: null, stop: name('n'), step: null },
      'range(1, n, 2)': { kind: 'range', start: int('1'), stop: name('n'), step: int('2') },
      xs: { kind: 'sequence', value: name('xs') },
      'enumerate(xs, start=1)': { kind: 'enumerate', of: { kind: 'sequence', value: name('xs') }, start: int('1') },
      'zip(xs, range(n), strict=True)': {
        kind: 'zip',
        parts: [
          { kind: 'sequence', value: name('xs') },
          { kind: 'range', start: null, stop: name('n'), step: null },
        ],
        strict: true,
      },
      'd.items()': { kind: 'dict', mapping: name('d'), yields: 'items' },
      'd.keys()': { kind: 'dict', mapping: name('d'), yields: 'keys' },
      'd.values()': { kind: 'dict', mapping: name('d'), yields: 'values' },
      'reversed(xs)': { kind: 'reversed', of: { kind: 'sequence', value: name('xs') } },
      'df.iterrows()': { kind: 'rows', frame: name('df'), by: 'iterrows' },
      'df.itertuples()': { kind: 'rows', frame: name('df'), by: 'itertuples' },
    };
    for (const [text, space] of Object.entries(spaces)) assert.deepEqual(bare(loop(`for x in ${text}:\n  pass`).space), space, text);
  });

  it('takes a name that the file binds itself for no builtin', () => {
    const [, found] = readStatements('def range(n): return [1]\nfor i in range(3):\n  pass');
    assert.ok(found?.kind === 'loop');
    assert.equal(found.loop.space.kind, 'sequence');
  });

  it('sees a while loop that counts', () => {
    const counted: Record<string, string> = {
      'while i < n:\n  f(i)\n  i += 1': 'i to n by 1',
      'while i <= len(xs):\n  f(i)\n  i = i + 2': 'i to len(xs) by 2 inclusive',
      'while n > i:\n  f(i)\n  i = 1 + i': 'i to n by 1',
      'while i > 0:\n  f(i)\n  i -= 1': 'i to 0 by -1',
    };
    for (const [text, expected] of Object.entries(counted)) {
      const { space } = loop(text);
      assert.ok(space.kind === 'while' && space.counter, text);
      const { counter } = space;
      assert.equal(
        `${counter.name} to ${describeExpr(counter.stop)} by ${describeExpr(counter.step)}${counter.inclusive ? ' inclusive' : ''}`,
        expected,
      );
    }
  });

  it('sees no counter where anything else moves it, skips it, or moves its bound', () => {
    for (const text of [
      'while True:\n  i += 1',
      'while i < n:\n  i += 1\n  f(i)',
      'while i < n:\n  i *= 2',
      'while i < n:\n  if a:\n    i += 1\n  i += 1',
      'while i < n:\n  if a:\n    continue\n  i += 1',
      'while i < n:\n  n -= 1\n  i += 1',
      'while i < n:\n  i -= 1',
      'while i < f():\n  i += 1',
      'while i < n:\n  i += step',
      'while i < len(xs):\n  xs.append(i)\n  i += 1',
    ]) {
      const { space } = loop(text);
      assert.ok(space.kind === 'while' && space.counter === null, text);
    }
  });

  it('nests the clauses of a comprehension, with its ifs around the element', () => {
    const outer = loop('[f(a, b) for a in xs if a for b in a if b > 1 if b < 9]');
    assert.equal(outer.form, 'list-comprehension');
    const [guard] = outer.body;
    assert.ok(guard?.kind === 'if' && guard.then[0]?.kind === 'loop');
    const inner = guard.then[0].loop;
    assert.equal(inner.sink, null);
    const [first] = inner.body;
    assert.ok(first?.kind === 'if' && first.then[0]?.kind === 'if' && first.then[0].then[0]?.kind === 'emit');
    assert.equal(describeExpr(first.then[0].then[0].value), 'f(a, b)');
  });

  it('tells what a comprehension builds', () => {
    assert.equal(loop('[i for i in x]').sink?.type, 'list');
    assert.equal(loop('{i for i in x}').sink?.type, 'set');
    assert.equal(loop('(i for i in x)').sink?.type, 'generator');
    const dict = loop('{k: v for k, v in x}');
    assert.equal(dict.sink?.type, 'dict');
    assert.ok(dict.body[0]?.kind === 'emit');
    assert.deepEqual(bare(dict.body[0].key), name('k'));
    assert.equal(loop('[i async for i in x]').async, true);
  });

  it('names the call that takes a generator, with what else it is given', () => {
    const consumers: Record<string, [string, string[]]> = {
      'sum(i for i in x)': ['sum', []],
      'sum((i for i in x), 5)': ['sum', ['5']],
      'max((i for i in x), default=0, key=f)': ['max', ['0', 'f']],
      "', '.join(s for s in x)": ['join', ["', '"]],
      'sorted(i for i in x)': ['sorted', []],
      'any(i for i in x)': ['any', []],
      'dict((k, v) for k, v in x)': ['dict', []],
      'math.fsum(i for i in x)': ['math.fsum', []],
      'list(map(f, x))': ['list', []],
    };
    for (const [text, [consumer, extra]] of Object.entries(consumers)) {
      const { sink } = loop(text);
      assert.equal(sink?.type, 'generator');
      assert.ok(sink.consumer);
      assert.equal(sink.consumer.name, consumer, text);
      assert.deepEqual(sink.consumer.extra.map(describeExpr), extra);
      assert.equal(sink.consumer.span.end.character, text.length);
    }
    assert.equal(loop('f(i for i in x)').sink?.consumer, null);
  });

  it('reads map, filter and starmap as the loops that they are', () => {
    const shown = (text: string): string => {
      const { form, target, body, space } = loop(text);
      assert.equal(form, 'map');
      const show = (statement: Stmt | undefined): string =>
        statement?.kind === 'if'
          ? `if ${describeExpr(statement.test)}: ${show(statement.then[0])}`
          : statement?.kind === 'emit'
            ? describeExpr(statement.value)
            : '?';
      return `${target ? describeExpr(target) : ''} in ${space.kind}: ${show(body[0])}`;
    };
    assert.equal(shown('list(map(f, xs))'), '_item in sequence: f(_item)');
    assert.equal(shown('sum(map(lambda x: x * 2, range(n)))'), 'x in range: x * 2');
    assert.equal(shown('map(lambda a, b: a - b, xs, ys)'), '(a, b) in zip: a - b');
    assert.equal(shown('list(filter(lambda x: x > 0, xs))'), 'x in sequence: if x > 0: x');
    assert.equal(shown('filter(None, xs)'), '_item in sequence: if _item: _item');
    assert.equal(shown('itertools.starmap(f, xs)'), '_item in sequence: f(*_item)');
    assert.equal(expr('map(*args)').kind, 'call');
    assert.equal(expr('map(lambda a: a, xs, ys)').kind, 'call');
  });
});

describe('places in the text', () => {
  before(loadSyntax);

  it('counts columns in UTF-16 units, whatever stands before', () => {
    for (const [before, columns] of [
      ['é', 1],
      ['日', 1],
      ['😀', 2],
      ['𝒳', 2],
    ] as const) {
      const [found] = readStatements(`s = '${before}'; total += x`).slice(1);
      assert.equal(found?.span.start.character, 8 + columns, before);
    }
  });

  it('counts a byte order mark as the first character of the text that has one', () => {
    const [found] = readStatements('\ufeffx = 1');
    assert.deepEqual(found?.span, { start: { line: 0, character: 1 }, end: { line: 0, character: 6 } });
  });

  it('counts lines of \\r\\n files and columns after tabs', () => {
    const [found] = readStatements('if a:\r\n\tb = 1\r\n\tc = 2\r\n');
    assert.ok(found?.kind === 'if');
    assert.deepEqual(found.then[1]?.span, { start: { line: 2, character: 1 }, end: { line: 2, character: 6 } });
  });

  it('leaves parentheses out of the expression inside them', () => {
    const found = expr('(  a + b )');
    assert.deepEqual(found.span, { start: { line: 0, character: 3 }, end: { line: 0, character: 8 } });
  });
});
