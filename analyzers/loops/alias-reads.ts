import type { Dependence, Expr, LoopIR, Span, Store } from '../types';
import { lineOf } from '../platform/span';
import { describeExpr } from '../syntax/python-print';
import { eachExpr, eachStmt, stmtExprs } from '../syntax/python-walk';
import type { Access } from './accesses';
import { mayRead } from './accumulators';
import { Aliases } from './aliases';
import { rootName, valuesGiven, type Environment } from './environment';
import type { TripNames } from './trip-names';

/**
 * What the trips change or gather, looked at under another name: a view of it, an alias inside of a container, a method of it, the object that it is an
 * attribute of.
 */
export function readsOtherwise(
  { loop, env, accumulators }: TripNames,
  stores: readonly Store[],
  accesses: readonly Access[],
  carried: Dependence[],
): void {
  const aliases = new Aliases(env);
  const dims = new Map<string, Set<number>>();
  for (const { name, kind, target } of stores) {
    if (name === '') continue;
    const known = dims.get(name) ?? new Set<number>();
    known.add(kind === 'subscript' ? subscripts(target) : 0);
    dims.set(name, known);
  }
  for (const { name } of accumulators) if (!name.includes('.')) dims.set(name, (dims.get(name) ?? new Set()).add(0));
  if (dims.size === 0) return;
  const looks = [...accesses.filter(({ root }) => root !== null), ...lengthsOf(loop)];
  for (const [changed, sizes] of dims) {
    for (const { root, expr, span, dims: indexes } of looks) {
      if (root === null || root === changed) continue;
      const level = aliases.levelOf(root, changed);
      const steps = subscripts(expr) + attributes(expr);
      // Places with as many indexes were compared one by one.
      if (level === null || (steps > 0 && steps < level) || (level === 0 && indexes.length > 0 && sizes.size === 1 && sizes.has(indexes.length)))
        continue;
      const why = `\`${describeExpr(expr)}\` (${lineOf(span)}) may look at \`${changed}\`, which other trips change.`;
      carried.push({ name: changed, via: 'name', kind: 'flow', why, span, possible: true });
    }
    for (const [from, field] of sourcesOf(changed, env)) {
      for (const call of callsIn(loop)) {
        const bare = [...call.args, ...(call.callee.kind === 'attribute' ? [call.callee.object] : [])].some((expr) => expr.kind === 'name' && expr.name === from); // prettier-ignore
        if (!bare || !mayRead(call, field, env, new Set(), true)) continue;
        const why = `\`${describeExpr(call.callee)}\` (${lineOf(call.span)}) may look at \`${from}.${field}\`, which is \`${changed}\`.`;
        carried.push({ name: changed, via: 'call', kind: 'flow', why, span: call.span, possible: true });
      }
    }
  }
}

const subscripts = (expr: Expr): number =>
  expr.kind === 'subscript'
    ? subscripts(expr.object) + (expr.index.kind === 'collection' && expr.index.type === 'tuple' ? expr.index.items.length : 1)
    : expr.kind === 'attribute'
      ? subscripts(expr.object)
      : 0;
const attributes = (expr: Expr): number =>
  expr.kind === 'attribute' ? 1 + attributes(expr.object) : expr.kind === 'subscript' ? attributes(expr.object) : 0;

/** `rows = self.rows`: self and rows. */
function sourcesOf(name: string, env: Environment): [string, string][] {
  return (valuesGiven(env, name) ?? []).flatMap((value): [string, string][] =>
    value?.kind === 'attribute' && value.object.kind === 'name' ? [[value.object.name, value.attribute]] : [],
  );
}

function callsIn(loop: LoopIR): (Expr & { kind: 'call' })[] {
  const found: (Expr & { kind: 'call' })[] = [];
  for (const statement of eachStmt(loop.body)) {
    for (const top of stmtExprs(statement)) for (const expr of eachExpr(top)) if (expr.kind === 'call') found.push(expr);
  }
  return found;
}

/** `len(names)`: no place of it is read, but it tells how many there are. */
function lengthsOf(loop: LoopIR): { root: string | null; expr: Expr; span: Span; dims: unknown[] }[] {
  return callsIn(loop).flatMap(({ callee, args: [first] }) =>
    callee.kind === 'name' && callee.name === 'len' && first ? [{ root: rootName(first), expr: first, span: first.span, dims: [] }] : [],
  );
}
