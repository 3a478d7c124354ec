/** Objects that a loop goes through one by one and changes: what a trip does to its own is nobody else's, as long as no trip looks at another's. */
import type { Expr, FunctionIR, IndexSpace, LoopIR, Stmt } from '../types';
import { eachExpr, eachStmt, spaceExprs, stmtExprs } from '../syntax/python-walk';
import { methodIn } from './callables';
import { hiddenMethods, overridesOf } from './classes';
import { assignmentsOf, functionIn, type Environment } from './environment';

type Call = Expr & { kind: 'call' };

const DEEPEST = 4;

/** The name that holds the whole element of each trip; null where there is none, or where one object may well be in several places. */
export function elementOf({ space, target, body }: LoopIR): string | null {
  const second = space.kind === 'enumerate' || (space.kind === 'dict' && space.yields === 'items');
  const item = second ? (target?.kind === 'collection' ? target.items[1] : undefined) : target;
  if (item?.kind !== 'name' || assignmentsOf(body).has(item.name)) return null;
  return isPlainHolder(space.kind === 'enumerate' ? space.of : space) ? item.name : null;
}

/** A name or a field, as it stands: what is picked or joined for the loop may hold an object twice. */
function isPlainHolder(space: IndexSpace): boolean {
  if (space.kind === 'reversed') return isPlainHolder(space.of);
  const walked = space.kind === 'sequence' ? space.value : space.kind === 'dict' && space.yields !== 'keys' ? space.mapping : null;
  return walked?.kind === 'name' || walked?.kind === 'attribute';
}

/** Is any of the fields looked at on another object than the element, by the trips or by a function that they call? */
export function looksElsewhere(fields: ReadonlySet<string>, element: string, loop: LoopIR, env: Environment): boolean {
  // An operator or a property looks at its objects without their fields being written there.
  const hidden = [...hiddenMethods(env.modules).values()].flat();
  if (hidden.some((fn) => exprsOf(fn.body).some((expr) => expr.kind === 'attribute' && fields.has(expr.attribute)))) return true;
  return readsOthers(fields, new Set([element]), [...spaceExprs(loop.space), ...exprsOf(loop.body)], env, 0);
}

function readsOthers(fields: ReadonlySet<string>, own: ReadonlySet<string>, exprs: readonly Expr[], env: Environment, depth: number): boolean {
  const isOwn = (expr: Expr): boolean => expr.kind === 'name' && own.has(expr.name);
  return exprs.some((expr) => {
    if (expr.kind === 'attribute') return fields.has(expr.attribute) && !isOwn(expr.object);
    if (expr.kind !== 'call') return false;
    const fn = functionIn(env, expr.callee) ?? methodIn(env, expr.callee);
    if (fn === null) return false;
    const inside = (one: FunctionIR): boolean =>
      readsOthers(fields, ownParameters(one, expr, isOwn), exprsOf(one.body), insideOf(one, env), depth + 1);
    return depth >= DEEPEST || [fn, ...overridesOf(env, fn)].some(inside);
  });
}

/** The parameters that are given the element. */
function ownParameters(fn: FunctionIR, { callee, args }: Call, isOwn: (expr: Expr) => boolean): Set<string> {
  const given = fn.method && callee.kind === 'attribute' ? [callee.object, ...args] : args;
  const rebound = assignmentsOf(fn.body);
  return new Set(fn.params.flatMap(({ name }, index) => (given[index] !== undefined && isOwn(given[index]) && !rebound.has(name) ? [name] : [])));
}

function insideOf(fn: FunctionIR, from: Environment): Environment {
  const module = from.modules.find(({ file }) => file === fn.file) ?? from.module;
  return { module, modules: from.modules, owner: fn, body: fn.body, values: {} };
}

const exprsOf = (body: readonly Stmt[]): Expr[] =>
  [...eachStmt(body)].flatMap((statement) => stmtExprs(statement)).flatMap((top) => [...eachExpr(top)]);
