import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Expr } from '../../../analyzers/types';
import { loadSyntax } from '../../../analyzers/syntax/parser';
import { readExpression } from '../../../analyzers/syntax/python-ir';
import { printExpr } from '../../../analyzers/syntax/python-print';

const at = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };

/** The same expression as if it had been made by hand: no part of it stands in a source. */
function unplaced(expr: Expr): Expr {
  const copy = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(copy);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, key === 'span' ? at : copy(inner)]));
  };
  return copy(expr) as Expr;
}
const shape = (text: string): unknown => {
  const expr = readExpression(text);
  assert.ok(expr, `no expression: ${text}`);
  return unplaced(expr);
};
const renamed = (text: string, names: Record<string, string>): string => {
  const expr = readExpression(text);
  assert.ok(expr);
  return printExpr(expr, text, (part) => (part.kind === 'name' ? (names[part.name] ?? null) : null));
};

describe('printing expressions as Python', () => {
  before(loadSyntax);

  it('keeps the source text of what did not change', () => {
    for (const text of ['x  +y', 'f( a,b )[ 1:2 ]', "f'{a!r:>10} {b}'", '(a   if b else c)(d)', '{1:2,  **m}', '[ i*2   for i in xs if i ]']) {
      const expr = readExpression(text);
      assert.ok(expr);
      assert.equal(printExpr(expr, text), text);
    }
  });

  it('puts parentheses only where the grammar needs them', () => {
    assert.equal(renamed('x * 2', { x: 'a + b' }), '(a + b) * 2');
    assert.equal(renamed('x + 2', { x: 'a * b' }), 'a * b + 2');
    assert.equal(renamed('2 - x', { x: 'a - b' }), '2 - (a - b)');
    assert.equal(renamed('x - 2', { x: 'a - b' }), 'a - b - 2');
    assert.equal(renamed('x ** 2', { x: '-a' }), '(-a) ** 2');
    assert.equal(renamed('2 ** x', { x: '-a' }), '2 ** -a');
    assert.equal(renamed('x.real', { x: '1' }), '(1).real');
    assert.equal(renamed('f(x)', { x: 'a if b else c' }), 'f(a if b else c)');
    assert.equal(renamed('f(x, y)', { x: 'a, b' }), 'f((a, b), y)');
    assert.equal(renamed('x < 3', { x: 'a < b' }), '(a < b) < 3');
    assert.equal(renamed('x[y]', { x: 'a + b', y: 'i + 1' }), '(a + b)[i + 1]');
    assert.equal(renamed('not x', { x: 'a or b' }), 'not (a or b)');
    assert.equal(renamed('x and y', { x: 'a or b', y: 'c' }), '(a or b) and c');
  });

  it('changes names inside comprehensions, formatted strings and lambdas', () => {
    assert.equal(renamed('[f(i, k) for i in xs if i > k]', { k: 'K + 1' }), '[f(i, K + 1) for i in xs if i > K + 1]');
    assert.equal(renamed('sum(i * k for i in range(n))', { k: 'K' }), 'sum(i * K for i in range(n))');
    assert.equal(renamed('{i: k for i, j in d.items()}', { k: 'K' }), '{i: K for i, j in d.items()}');
    assert.equal(renamed("f'é {k:>{w}} 日'", { k: 'K', w: 'W' }), "f'é {K:>{W}} 日'");
    assert.equal(renamed('lambda a: a + k', { k: 'K' }), 'lambda a: a + K');
    assert.equal(renamed('a[k, 1:k, ::2]', { k: 'K' }), 'a[K, 1:K, ::2]');
  });

  it('keeps a broken line inside parentheses', () => {
    const text = '(a +\n b)';
    const expr = readExpression(text);
    assert.ok(expr);
    assert.equal(printExpr(expr, text), '(a +\n b)');
  });

  it('prints expressions that stand in no source', () => {
    const sample = '-a.b[0] ** 2 + f(x, *y, k=[1, (2,)]) // (3 if not p or q else {4: 5})';
    assert.equal(printExpr(shape(sample) as Expr, ''), sample);
    assert.equal(printExpr(shape('[(yield), (z := 1), lambda a, b: a]') as Expr, ''), '[(yield), z := 1, lambda a, b: a]');
  });

  it('prints what reads back as the same expression, whatever is nested in what', () => {
    const leaf = fc.constantFrom('a', '1', '2.5', 'f(x)', 'xs[i]', 'None', "'s'");
    const { tree } = fc.letrec<{ tree: string }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4, depthSize: 'small' },
        leaf,
        fc
          .tuple(
            tie('tree'),
            fc.constantFrom('+', '-', '*', '/', '//', '%', '**', '@', '&', '|', '^', '<<', 'and', 'or', '<', 'in', 'is not'),
            tie('tree'),
          )
          .map(([left, op, right]) => `(${left}) ${op} (${right})`),
        fc.tuple(fc.constantFrom('-', 'not ', '~', '+'), tie('tree')).map(([op, operand]) => `${op}(${operand})`),
        fc.tuple(tie('tree'), tie('tree'), tie('tree')).map(([a, b, c]) => `(${a}) if (${b}) else (${c})`),
        tie('tree').map((body) => `lambda a, b: (${body})`),
        fc.tuple(tie('tree'), tie('tree')).map(([object, index]) => `(${object})[(${index}):, 1]`),
        fc.tuple(tie('tree'), tie('tree')).map(([callee, arg]) => `(${callee})((${arg}), k=(${arg}))`),
        fc.tuple(tie('tree'), tie('tree')).map(([a, b]) => `[(${a}), {(${b}): (${a})}, ((${a}),)]`),
        fc.tuple(tie('tree'), tie('tree')).map(([a, b]) => `[(${a}) for i in (${b}) if (${a})]`),
        tie('tree').map((object) => `(${object}).name`),
      ),
    }));
    fc.assert(
      fc.property(tree, (text) => {
        const printed = printExpr(shape(text) as Expr, '');
        assert.deepEqual(shape(printed), shape(text), `${text}\n${printed}`);
      }),
      { numRuns: 300 },
    );
  });
});
