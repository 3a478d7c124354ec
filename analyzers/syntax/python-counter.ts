import type { Expr, IndexSpace, Stmt } from '../types';
import { childExprs, eachExpr, eachStmt, isPlainValue, nestedBlocks, stmtExprs, stmtNames } from './python-walk';
import { emptySpan } from './python-reading';

type Counter = NonNullable<(IndexSpace & { kind: 'while' })['counter']>;

/**
 * `while i < n: ...; i += 1` counts when the increment is the last statement and the only write to `i`, nothing skips it, and the bound stays as it is.
 * Null: the loop may do anything.
 */
export function countingLoop(test: Expr, body: readonly Stmt[]): Counter | null {
  const last = body[body.length - 1];
  if (!last) return null;
  for (const bound of boundsOf(test)) {
    const step = stepOf(last, bound.name);
    if (step) return counted(bound, step, body.slice(0, -1), last);
  }
  return null;
}

interface Bound {
  name: string;
  stop: Expr;
  inclusive: boolean;
  down: boolean;
}

function counted(bound: Bound, step: { by: Expr; down: boolean }, rest: readonly Stmt[], last: Stmt): Counter | null {
  const written = stmtNames(rest).writes;
  const fixed = [bound.stop, step.by].every((expr) => isPlainValue(expr, written));
  if (written.has(bound.name) || !fixed || skips(rest) || moves(bound.stop, rest)) return null;
  if (step.down !== bound.down) return null;
  const by: Expr = step.down ? { kind: 'unary', op: '-', operand: step.by, span: emptySpan(step.by.span) } : step.by;
  return { name: bound.name, stop: bound.stop, step: by, inclusive: bound.inclusive, increment: last.span };
}

/** `i < n` may count i up to n or n down to i: the step tells. */
function boundsOf(test: Expr): Bound[] {
  const only = test.kind === 'compare' && test.rest.length === 1 ? test.rest[0] : undefined;
  if (test.kind !== 'compare' || !only || !/^[<>]=?$/.test(only.op)) return [];
  const inclusive = only.op.endsWith('=');
  const less = only.op.startsWith('<');
  const bounds: Bound[] = [];
  if (test.first.kind === 'name') bounds.push({ name: test.first.name, stop: only.right, inclusive, down: !less });
  if (only.right.kind === 'name') bounds.push({ name: only.right.name, stop: test.first, inclusive, down: less });
  return bounds;
}

const HARMLESS = new Set(['len', 'sum', 'min', 'max', 'print', 'abs', 'float', 'int', 'str', 'range', 'enumerate', 'zip']);

/** A length or an attribute may change without its name being written: through a method, a call that is given it, or a store. */
function moves(stop: Expr, body: readonly Stmt[]): boolean {
  const owners = new Set<string>();
  for (const part of eachExpr(stop)) {
    if (part.kind === 'call' || part.kind === 'attribute' || part.kind === 'subscript') {
      for (const inner of childExprs(part)) if (inner.kind === 'name') owners.add(inner.name);
    }
  }
  owners.delete('len');
  if (owners.size === 0) return false;
  const isOwner = (expr: Expr): boolean => expr.kind === 'name' && owners.has(expr.name);
  const reached = (expr: Expr): boolean => isOwner(expr) || ((expr.kind === 'attribute' || expr.kind === 'subscript') && reached(expr.object));
  for (const statement of eachStmt(body)) {
    if (statement.kind === 'opaque' && statement.reads.some((name) => owners.has(name))) return true;
    const targets = statement.kind === 'assign' ? statement.targets : statement.kind === 'augment' ? [statement.target] : [];
    if (targets.some((target) => (target.kind === 'attribute' && reached(target.object)) || (target.kind === 'subscript' && target.index.kind === 'slice' && reached(target.object)))) return true; // prettier-ignore
    for (const top of stmtExprs(statement)) {
      for (const expr of eachExpr(top)) {
        if (expr.kind !== 'call') continue;
        if (expr.callee.kind === 'attribute' && reached(expr.callee.object)) return true;
        const harmless = expr.callee.kind === 'name' && HARMLESS.has(expr.callee.name);
        if (!harmless && [...expr.args, ...expr.keywords.map((keyword) => keyword.value)].some(isOwner)) return true;
      }
    }
  }
  return false;
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
