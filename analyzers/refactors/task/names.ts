import type { Expr, LoopIR, Stmt } from '../../types';
import { boundNames, childExprs, eachExpr, nestedBlocks, spaceExprs, stmtExprs } from '../../syntax/python-walk';

export interface Names {
  /** Read from around the code; what a comprehension or a lambda binds for itself is not among them. */
  reads: Set<string>;
  /** Bound in the scope of the code. */
  writes: Set<string>;
  /** The names at the bottom of the subscripts and attributes that are stored to. */
  stores: Set<string>;
}
export type Code = { stmts: readonly Stmt[] } | { exprs: readonly Expr[] };

/** Names of statements or of expressions, those of the expressions in `except` left out. A name that is written before it is read is still in `reads`. */
export function namesOf(code: Code, except: ReadonlySet<Expr> = new Set()): Names {
  const names: Collected = { reads: new Set(), writes: new Set(), stores: new Set(), except };
  const hidden: ReadonlySet<string> = new Set();
  if ('stmts' in code) for (const stmt of code.stmts) stmtNames(stmt, names, hidden);
  else for (const expr of code.exprs) exprNames(expr, names, hidden);
  return names;
}

interface Collected extends Names {
  except: ReadonlySet<Expr>;
}

function exprNames(expr: Expr, names: Collected, hidden: ReadonlySet<string>): void {
  if (names.except.has(expr)) return;
  switch (expr.kind) {
    case 'name':
      if (!hidden.has(expr.name)) names.reads.add(expr.name);
      return;
    case 'opaque':
      for (const name of expr.reads) if (!hidden.has(name)) names.reads.add(name);
      for (const name of expr.writes) if (!hidden.has(name)) names.writes.add(name);
      return;
    case 'named':
      if (!hidden.has(expr.name)) names.writes.add(expr.name);
      exprNames(expr.value, names, hidden);
      return;
    case 'lambda':
      exprNames(expr.body, names, new Set([...hidden, ...expr.params]));
      return;
    case 'loop':
      loopNames(expr.loop, names, new Set([...hidden, ...ownNames(expr.loop)]));
      return;
    default:
      for (const child of childExprs(expr)) exprNames(child, names, hidden);
  }
}

/** Names that the clauses of a comprehension bind: they are its own. */
function ownNames(loop: LoopIR): string[] {
  const inner = (stmt: Stmt): LoopIR[] => (stmt.kind === 'loop' ? [stmt.loop] : nestedBlocks(stmt).flat().flatMap(inner));
  return [...(loop.target ? boundNames(loop.target) : []), ...loop.body.flatMap(inner).flatMap(ownNames)];
}

function loopNames(loop: LoopIR, names: Collected, hidden: ReadonlySet<string>): void {
  for (const expr of [...spaceExprs(loop.space), ...(loop.sink?.consumer?.extra ?? [])]) exprNames(expr, names, hidden);
  if (loop.target) bindNames(loop.target, names, hidden);
  for (const stmt of [...loop.body, ...loop.otherwise]) stmtNames(stmt, names, hidden);
}

/** The name at the bottom of `a.b[c].d`; null where it is not a name. */
export function baseName(expr: Expr): string | null {
  if (expr.kind === 'name') return expr.name;
  return expr.kind === 'attribute' || expr.kind === 'subscript' ? baseName(expr.object) : null;
}

function bindNames(target: Expr, names: Collected, hidden: ReadonlySet<string>): void {
  if (target.kind === 'name') {
    if (!hidden.has(target.name)) names.writes.add(target.name);
  } else if (target.kind === 'collection') for (const item of target.items) bindNames(item, names, hidden);
  else if (target.kind === 'spread') bindNames(target.value, names, hidden);
  else {
    const base = baseName(target);
    if (base !== null && !hidden.has(base)) names.stores.add(base);
    exprNames(target, names, hidden);
  }
}

function stmtNames(stmt: Stmt, names: Collected, hidden: ReadonlySet<string>): void {
  switch (stmt.kind) {
    case 'assign':
      exprNames(stmt.value, names, hidden);
      for (const target of stmt.targets) bindNames(target, names, hidden);
      return;
    case 'augment':
      exprNames(stmt.target, names, hidden);
      exprNames(stmt.value, names, hidden);
      bindNames(stmt.target, names, hidden);
      return;
    case 'loop':
      loopNames(stmt.loop, names, hidden);
      return;
    case 'with':
      for (const item of stmt.items) {
        exprNames(item.context, names, hidden);
        if (item.target) bindNames(item.target, names, hidden);
      }
      break;
    case 'scope':
      for (const name of stmt.names) names.writes.add(name);
      return;
    case 'opaque':
      for (const name of stmt.reads) names.reads.add(name);
      for (const name of stmt.writes) names.writes.add(name);
      return;
    default:
      if (stmt.kind === 'try') for (const handler of stmt.handlers) if (handler.name !== null) names.writes.add(handler.name);
      for (const expr of stmtExprs(stmt)) exprNames(expr, names, hidden);
  }
  for (const child of nestedBlocks(stmt).flat()) stmtNames(child, names, hidden);
}

/** Every expression in a statement, those of the statements inside it included. */
export function* exprsIn(stmt: Stmt): Generator<Expr> {
  for (const expr of stmtExprs(stmt)) yield* eachExpr(expr);
  for (const child of nestedBlocks(stmt).flat()) yield* exprsIn(child);
}
