import type { Expr, Stmt } from '../../types';
import { stmtNames } from '../../syntax/python-walk';
import type { Draft } from './draft';
import type { Site } from './site';

/** The statement right before a loop that gives a result its start. */
export interface Init {
  name: string;
  value: Expr;
  statement: Stmt;
}

/**
 * Looks back from the loop for `total = 0` and `out = []`, over other plain assignments that do not touch them.
 * Only statements that stand on lines of their own are taken.
 */
export function findInits(site: Site, names: ReadonlySet<string>, draft: Draft): Init[] {
  const inits: Init[] = [];
  for (let index = site.index - 1; index >= 0; index -= 1) {
    const statement = site.block[index];
    if (statement?.kind !== 'assign') break;
    const [target, ...more] = statement.targets;
    const taken = target?.kind === 'name' && more.length === 0 && names.has(target.name) && !inits.some((init) => init.name === target.name);
    const next = site.block[index + 1];
    const alone = ownLines(statement, draft) && next?.span.start.line !== statement.span.end.line;
    if (taken && alone && isStart(statement.value)) inits.unshift({ name: target.name, value: statement.value, statement });
    else {
      const used = stmtNames([statement]);
      if ([...names].some((name) => used.reads.has(name) || used.writes.has(name)) || !alone) break;
    }
  }
  return inits;
}

function ownLines(statement: Stmt, draft: Draft): boolean {
  const { line, character } = statement.span.start;
  return draft.cx.indentAt(draft.facts.file, line).length === character;
}

function isStart(value: Expr): boolean {
  if (value.kind === 'number') return value.type !== 'complex';
  if (value.kind === 'constant') return value.value === 'True' || value.value === 'False';
  if (value.kind === 'unary') return isStart(value.operand);
  return value.kind === 'collection' && value.type === 'list' && value.items.length === 0;
}
