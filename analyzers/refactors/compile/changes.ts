/** What a loop changes, and how. */
import type { Expr, LoopIR, Stmt } from '../../types';
import { eachExpr, eachStmt, stmtExprs } from '../../syntax/python-walk';

/** `x = x + step`, `x = step + x`, `x = x - step`. */
export function stepOf(target: Expr, value: Expr): { name: string; value: Expr; sign: 1 | -1 } | null {
  if (target.kind !== 'name' || value.kind !== 'binary') return null;
  const { op, left, right } = value;
  const { name } = target;
  if ((op === '+' || op === '-') && left.kind === 'name' && left.name === name) return { name, value: right, sign: op === '+' ? 1 : -1 };
  return op === '+' && right.kind === 'name' && right.name === name ? { name, value: left, sign: 1 } : null;
}

/** `xs.append(x)`: the list and what is put into it. */
export function appendOf(statement: Stmt): { list: Expr; value: Expr } | null {
  if (statement.kind !== 'expression' || statement.value.kind !== 'call' || statement.value.callee.kind !== 'attribute') return null;
  const { callee, args } = statement.value;
  const [value] = args;
  return callee.attribute === 'append' && value ? { list: callee.object, value } : null;
}

/** What a target or element belongs to: a name, or a place that has several of them. */
export type PlaceOf = (target: Expr) => string | null;

/** Names that a loop's trips give a value, or change something in. */
export function changedIn(loop: LoopIR, placeOf: PlaceOf = rootOf): string[] {
  const names = new Set<string>();
  const add = (target: Expr): void => {
    if (target.kind === 'collection') target.items.forEach(add);
    else {
      const place = placeOf(target);
      if (place !== null) names.add(place);
    }
  };
  if (loop.target) add(loop.target);
  for (const statement of eachStmt([...loop.body, ...loop.otherwise])) {
    if (statement.kind === 'assign') statement.targets.forEach(add);
    if (statement.kind === 'augment') add(statement.target);
    const appended = appendOf(statement);
    if (appended) add(appended.list);
    if (statement.kind === 'loop' && statement.loop.target) add(statement.loop.target);
    for (const top of stmtExprs(statement)) for (const expr of eachExpr(top)) if (expr.kind === 'named') names.add(expr.name);
  }
  return [...names];
}

/** Of the changed names, those to which every change only adds something that they have no part in. */
export function additiveIn(loop: LoopIR, changed: readonly string[], placeOf: PlaceOf = rootOf): Set<string> {
  const found = new Set(changed);
  const drop = (target: Expr): void => {
    if (target.kind === 'collection') target.items.forEach(drop);
    else {
      const place = placeOf(target);
      if (place !== null) found.delete(place);
    }
  };
  if (loop.target) drop(loop.target);
  const reads = (expr: Expr, name: string): boolean => [...eachExpr(expr)].some((part) => part.kind === 'name' && part.name === name);
  for (const statement of eachStmt([...loop.body, ...loop.otherwise])) {
    if (statement.kind === 'assign') {
      const [only] = statement.targets;
      const step = only && statement.targets.length === 1 ? stepOf(only, statement.value) : null;
      if (step === null || reads(step.value, step.name)) statement.targets.forEach(drop);
    }
    if (statement.kind === 'augment') {
      const { target, op, value } = statement;
      if (target.kind !== 'name' || (op !== '+' && op !== '-') || reads(value, target.name)) drop(target);
    }
    const appended = appendOf(statement);
    if (appended) drop(appended.list);
    if (statement.kind === 'loop' && statement.loop.target) drop(statement.loop.target);
    for (const top of stmtExprs(statement)) for (const expr of eachExpr(top)) if (expr.kind === 'named') found.delete(expr.name);
  }
  return found;
}

/** The name that a target or element belongs to. */
export function rootOf(expr: Expr): string | null {
  if (expr.kind === 'name') return expr.name;
  return expr.kind === 'subscript' || expr.kind === 'attribute' ? rootOf(expr.object) : null;
}
