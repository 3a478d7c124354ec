import type { Expr, IndexSpace, Stmt } from '../types';
import { isPlainValue, nestedBlocks, stmtNames } from './python-walk';
import { emptySpan } from './python-reading';

type Counter = NonNullable<(IndexSpace & { kind: 'while' })['counter']>;

/**
 * `while i < n: ...; i += 1` counts when the increment is the last statement and the only write to `i`, nothing skips it, and the bound stays as it is.
 * Null: the loop may do anything.
 */
export function countingLoop(test: Expr, body: readonly Stmt[]): Counter | null {
  const bound = boundOf(test);
  const last = body[body.length - 1];
  if (!bound || !last) return null;
  const step = stepOf(last, bound.name);
  if (!step) return null;
  const rest = body.slice(0, -1);
  const written = stmtNames(rest).writes;
  const fixed = [bound.stop, step.by].every((expr) => isPlainValue(expr, written));
  if (written.has(bound.name) || !fixed || skips(rest)) return null;
  if (step.down !== bound.down) return null;
  const by: Expr = step.down ? { kind: 'unary', op: '-', operand: step.by, span: emptySpan(step.by.span) } : step.by;
  return { name: bound.name, stop: bound.stop, step: by, inclusive: bound.inclusive, increment: last.span };
}

function boundOf(test: Expr): { name: string; stop: Expr; inclusive: boolean; down: boolean } | null {
  const only = test.kind === 'compare' && test.rest.length === 1 ? test.rest[0] : undefined;
  if (test.kind !== 'compare' || !only) return null;
  const { op } = only;
  if (op !== '<' && op !== '<=' && op !== '>' && op !== '>=') return null;
  const inclusive = op === '<=' || op === '>=';
  const less = op === '<' || op === '<=';
  if (test.first.kind === 'name') return { name: test.first.name, stop: only.right, inclusive, down: !less };
  if (only.right.kind === 'name') return { name: only.right.name, stop: test.first, inclusive, down: less };
  return null;
}

function stepOf(statement: Stmt, name: string): { by: Expr; down: boolean } | null {
  const is = (expr: Expr | undefined): boolean => expr?.kind === 'name' && expr.name === name;
  if (statement.kind === 'augment' && is(statement.target) && (statement.op === '+' || statement.op === '-')) {
    return positive(statement.value) ? { by: statement.value, down: statement.op === '-' } : null;
  }
  if (statement.kind !== 'assign' || statement.targets.length !== 1 || !is(statement.targets[0])) return null;
  const { value } = statement;
  if (value.kind !== 'binary' || (value.op !== '+' && value.op !== '-')) return null;
  if (is(value.left) && positive(value.right)) return { by: value.right, down: value.op === '-' };
  if (is(value.right) && value.op === '+' && positive(value.left)) return { by: value.left, down: false };
  return null;
}

/** The direction must be plain to see: a literal above zero. */
const positive = (expr: Expr): boolean => expr.kind === 'number' && expr.type !== 'complex' && Number(expr.text.replaceAll('_', '')) > 0;

/** A `continue` of this loop itself goes past the increment. */
function skips(body: readonly Stmt[]): boolean {
  return body.some((statement) => {
    if (statement.kind === 'continue') return true;
    if (statement.kind === 'loop') return skips(statement.loop.otherwise);
    return nestedBlocks(statement).some(skips);
  });
}
