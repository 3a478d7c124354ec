import type { Span, Stmt } from '../../types';
import { nestedBlocks } from '../../syntax/python-walk';
import { exprsIn } from './names';

export function* statementsIn(stmt: Stmt): Generator<Stmt> {
  yield stmt;
  for (const child of nestedBlocks(stmt).flat()) yield* statementsIn(child);
}

/** Where a statement leaves the loop that it stands in; null where it never does. Inner loops keep their own break and continue. */
export function leaves(stmt: Stmt, inner = false): Span | null {
  if (stmt.kind === 'return' || (stmt.kind === 'break' && !inner)) return stmt.span;
  for (const expr of [...exprsIn(stmt)]) if (expr.kind === 'yield') return expr.span;
  for (const child of nestedBlocks(stmt).flat()) {
    const span = leaves(child, inner || stmt.kind === 'loop');
    if (span) return span;
  }
  return null;
}

/** A `continue` of the loop itself cannot move into a task: the function has no loop. */
export function continues(stmt: Stmt): boolean {
  if (stmt.kind === 'loop') return false;
  return stmt.kind === 'continue' || nestedBlocks(stmt).flat().some(continues);
}
