import type { AccumulatorOp, Dependence, Expr, LoopIR, Store } from '../types';
import { comparePositions, lineOf } from '../platform/span';
import { dottedName } from '../syntax/python-loops';
import { boundNames, eachStmt } from '../syntax/python-walk';
import { accessesOf, accessOf, dependenceOf, distance, indexKind, type Access, type Meeting } from './accesses';
import type { IndexScope } from './affine';
import { readsOtherwise } from './alias-reads';
import { changesOfCalls, readsThroughCalls } from './call-dependences';
import { assignmentsOf, rootName } from './environment';
import { boundsOf } from './index-bounds';
import { hasDistinctItems, positionsOf, type Positions } from './positions';
import type { JudgedCall } from './judged-call';
import { hasSharedRows, mayBeSame, overlaps, sameThing } from './same-place';
import type { TripNames } from './trip-names';
import { isImmutable, typeOf } from './value-types';

function scopeOf(names: TripNames, positions: Positions): IndexScope {
  const { loop, flow, privates } = names;
  const given = assignmentsOf(loop.body);
  const inner = new Set<string>();
  for (const statement of eachStmt(loop.body)) {
    if (statement.kind !== 'loop') continue;
    const { space, target } = statement.loop;
    if (target && ['range', 'enumerate', 'zip'].includes(space.kind)) boundNames(target).forEach((name) => inner.add(name));
    if (space.kind === 'while' && space.counter) inner.add(space.counter.name);
  }
  return {
    meaning: (name) => {
      const element = positions.elements.get(name);
      if (element) return element;
      const values = given.get(name);
      const [only] = values ?? [];
      return privates.has(name) && values?.length === 1 && only && !boundNames(only).includes(name) ? only : null;
    },
    fixed: (name) => !flow.writes.has(name) && !positions.index.has(name) && !positions.elements.has(name),
    counts: (name) => positions.index.has(name) || inner.has(name),
  };
}

/** Stores to what lives outside the trip, and what ties trips together through subscripts, attributes and calls. */
export function storesAndDependences(names: TripNames, calls: ReadonlyMap<Expr, JudgedCall>): { stores: Store[]; carried: Dependence[] } {
  const { loop, env, owned } = names;
  const positions = withoutRebound(
    positionsOf(loop, (walked) => hasDistinctItems(env, walked)),
    loop,
  );
  const scope = scopeOf(names, positions);
  const stores: Store[] = [];
  const carried: Dependence[] = [];
  const changed = changesOfCalls(names, calls, scope, stores, carried);
  const outside = (access: Access): boolean => !owned.owns(access.write && access.expr.kind !== 'name' ? objectOf(access.expr) : access.expr, 1);
  const accesses = [...accessesOf(loop, scope).filter(outside), ...changed].map((access) =>
    hasSharedRows(env, access) ? withoutFirst(access) : access,
  );
  accesses.push(...changedInPlace(names, elementsOf(loop), scope));
  const gathered = new Map(names.accumulators.map((one) => [one.name, one.op]));
  const bounds = boundsOf(loop, positions, scope);
  const writes = accesses.filter((access) => access.write);
  const tooMany = writes.length * accesses.length > MOST_PAIRS;
  for (const write of writes) {
    const byCall = write.byCall === true;
    const kind = write.expr.kind === 'attribute' ? 'attribute' : 'subscript';
    const element = write.root !== null && positions.elements.has(write.root);
    const index = kind === 'attribute' ? null : element ? 'unknown' : indexKind(write, positions, scope);
    if (!byCall && write.perhaps !== true) stores.push({ name: write.root ?? '', target: write.expr, kind, index, span: write.span });
    if (isGathered(write, gathered)) continue;
    if (tooMany) {
      carried.push(uncompared(write));
      continue;
    }
    for (const other of accesses) {
      const same = sameThing(write, other);
      const at: Meeting = { positions, scope, bounds };
      if (same) push(carried, dependenceOf(write, other, at, write.perhaps === true));
      else if (write.dims.length > 0 && other.dims.length > 0 && other.dims.length !== write.dims.length && overlaps(write, other, env)) {
        push(carried, dependenceOf(write, other, null, true));
      } else if (write.dims.length > 0 && other.dims.length === write.dims.length && mayBeSame(write, other, env)) {
        const moved = overlaps(write, other, env);
        if (moved || distance(write, other, at) !== 0) push(carried, dependenceOf(write, other, moved ? null : at, true));
      }
    }
  }
  walkedAndChanged(positions, stores, carried);
  readsThroughCalls(names, calls, stores, carried);
  readsOtherwise(names, stores, accesses, carried);
  return { stores, carried: distinct(carried) };
}

/** As the loop binds them, whatever its body does with the names. */
const elementsOf = (loop: LoopIR): Positions => positionsOf(loop);

/** `row = a[i]` and then `row += ...`: of an array or a list that changes the element itself. */
function changedInPlace({ loop, env, privates }: TripNames, positions: Positions, scope: IndexScope): Access[] {
  return [...eachStmt(loop.body)].flatMap((statement): Access[] => {
    if (statement.kind !== 'augment' || statement.target.kind !== 'name') return [];
    const { name } = statement.target;
    const element = positions.elements.get(name);
    if (!element && !privates.has(name)) return [];
    const meaning = element ?? scope.meaning(name);
    const type = typeOf(env, statement.target) ?? typeOf(env, statement.value);
    if (meaning?.kind !== 'subscript' || meaning.index.kind === 'slice' || isImmutable(type)) return [];
    const access = accessOf(meaning, true, scope);
    return [{ ...access, span: statement.span, ...(type === null ? { perhaps: true as const } : {}) }];
  });
}

const withoutFirst = (access: Access): Access => ({ ...access, dims: [null, ...access.dims.slice(1)] });

const objectOf = (expr: Expr): Expr => (expr.kind === 'subscript' || expr.kind === 'attribute' ? expr.object : expr);

/** Part of an idiom of gathering: entries of a dictionary, a field that sums up. */
function isGathered(write: Access, gathered: ReadonlyMap<string, AccumulatorOp>): boolean {
  let at = write.expr;
  while (at.kind === 'subscript') at = at.object;
  const named = dottedName(at);
  const op = named === null ? undefined : gathered.get(named);
  return op !== undefined && (write.expr.kind === 'attribute' || op === 'dict' || op === 'entry' || op === 'group');
}

/** An index that the body gives another value is no index any more. */
function withoutRebound(positions: Positions, loop: LoopIR): Positions {
  const rebound = new Set(assignmentsOf(loop.body).keys());
  for (const statement of eachStmt(loop.body)) {
    const increment = loop.space.kind === 'while' ? loop.space.counter?.increment : undefined;
    if (increment && comparePositions(statement.span.start, increment.start) === 0) {
      if (
        statement.kind === 'assign' &&
        statement.targets[0]?.kind === 'name' &&
        assignmentsOf(loop.body).get(statement.targets[0].name)?.length === 1
      )
        rebound.delete(statement.targets[0].name);
      continue;
    }
    if (statement.kind === 'augment' && statement.target.kind === 'name') rebound.add(statement.target.name);
  }
  for (const name of rebound) {
    positions.index.delete(name);
    positions.elements.delete(name);
  }
  return positions;
}

/** Enough for any loop that a person wrote; what a program wrote is taken to depend. */
const MOST_PAIRS = 100_000;
const uncompared = ({ root, expr, span }: Access): Dependence => ({
  name: root ?? '',
  via: expr.kind === 'attribute' ? 'attribute' : 'subscript',
  kind: 'flow',
  why: `The loop has too many stores to be compared with each other, ${root === null ? 'one of them' : `to \`${root}\` too`}.`,
  span,
});

const push = (list: Dependence[], one: Dependence | null): void => {
  if (one) list.push(one);
};

function walkedAndChanged(positions: Positions, stores: readonly Store[], carried: Dependence[]): void {
  for (const walked of positions.walked) {
    const root = rootName(walked);
    const changed = stores.find((store) => store.kind === 'method' && store.name === root && walked.kind === 'name');
    if (!changed || root === null) continue;
    const why = `The loop runs over \`${root}\` and changes it (${lineOf(changed.span)}).`;
    carried.push({ name: root, via: 'call', kind: 'flow', why, span: changed.span });
  }
}

function distinct(list: readonly Dependence[]): Dependence[] {
  const seen = new Set<string>();
  return list.filter((one) => {
    const key = `${one.name} ${one.kind} ${one.why}`;
    return !seen.has(key) && seen.add(key);
  });
}
