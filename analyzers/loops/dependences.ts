import type { Accumulator, AccumulatorOp, Dependence, Expr, LoopIR, Span, Stmt, Store } from '../types';
import { comparePositions, lineOf, within } from '../platform/span';
import { dottedName } from '../syntax/python-loops';
import { scopeOfName } from '../syntax/python-names';
import { describeExpr } from '../syntax/python-print';
import { boundNames, eachExpr, eachStmt, spaceExprs, stmtExprs } from '../syntax/python-walk';
import { accessesOf, accessOf, dependenceOf, distance, indexKind, type Access, type Meeting } from './accesses';
import { Aliases } from './aliases';
import type { IndexScope } from './affine';
import { mayRead } from './accumulators';
import { assignmentsOf, ownScope, resolveIn, rootName, valuesGiven, type Environment } from './environment';
import { freshnessOf, isFresh, isOwn } from './freshness';
import type { NameFlow } from './flow';
import { boundsOf } from './index-bounds';
import { hasDistinctItems, positionsOf, type Positions } from './positions';
import { outerName, shownName } from './callables';
import type { JudgedCall } from './purity';
import { mayOverlap } from './shared-memory';
import type { TripOwned } from './trip-owned';
import { isImmutable, typeOf } from './value-types';

/** What the stores and dependences of one loop are read from. */
export interface TripNames {
  loop: LoopIR;
  env: Environment;
  flow: NameFlow;
  privates: ReadonlySet<string>;
  /** What a trip made for itself. */
  owned: TripOwned;
  liveOut: ReadonlySet<string>;
  accumulators: readonly Accumulator[];
  /** Variables of the module that a call reads through a function of the user's own. */
  globalsRead: (call: Expr & { kind: 'call' }) => ReadonlySet<string>;
}

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

/** `[[0] * n] * m` holds one row m times, `[Body()] * m` one object: which one is asked for says nothing. */
function hasSharedRows(env: Environment, { dims, base, expr }: Access): boolean {
  const inside = expr.kind === 'attribute' ? dims.length > 0 : expr.kind === 'subscript' && expr.index.kind !== 'collection' && dims.length > 1;
  if (base === null || !inside) return false;
  return (valuesGiven(env, base.split('.')[0] ?? '') ?? []).some((value) => {
    if (value?.kind === 'call')
      return resolveIn(env, value.callee) === 'builtins.dict.fromkeys' && value.args[1] !== undefined && !isImmutable(typeOf(env, value.args[1]));
    // `[row for _ in range(n)]`
    if (value?.kind === 'loop') {
      const own = new Set(value.loop.target ? boundNames(value.loop.target) : []);
      return value.loop.body.some(
        (one) => one.kind === 'emit' && one.value.kind === 'name' && !own.has(one.value.name) && !isImmutable(typeOf(env, one.value)),
      );
    }
    if (value?.kind !== 'binary' || value.op !== '*') return false;
    const list = [value.left, value.right].find((part) => part.kind === 'collection');
    return list?.kind === 'collection' && list.items.some((item) => !isImmutable(typeOf(env, item)));
  });
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

/** One is the other or a part of it. */
function sameThing(a: Access, b: Access): boolean {
  if (a.base === null || b.base === null) return a.base === b.base && a.root === b.root;
  return a.base === b.base || (a.base.startsWith(`${b.base}.`) && b.dims.length <= a.dims.length) || b.base.startsWith(`${a.base}.`);
}

const overlaps = (a: Access, b: Access, env: Environment): boolean =>
  a.root !== null && b.root !== null && a.root !== b.root && mayOverlap(env, a.root, b.root);

/** Two names may hold one object unless one of them holds only what was made here, or the profile saw different kinds. */
function mayBeSame(a: Access, b: Access, env: Environment): boolean {
  const [first, second] = [a.root, b.root];
  if (first === null || second === null || first === second) return false;
  const seen = [env.values[first], env.values[second]] as const;
  if (seen[0] && seen[1]) {
    if (seen[0].type !== seen[1].type || seen[0].dtype !== seen[1].dtype) return false;
    if (seen[0].type !== 'ndarray' && seen[0].length !== seen[1].length) return false;
  }
  // A new list may hold what others hold, so only its own level is new.
  const deep = a.expr.kind === 'subscript' && a.expr.object.kind === 'subscript' && seen[0]?.type !== 'ndarray';
  // `a = b = []`: one object under two names.
  if ((valuesGiven(env, first) ?? []).some((value) => value !== null && value.kind !== 'number' && (valuesGiven(env, second) ?? []).includes(value)))
    return true;
  const own = (name: string): boolean =>
    isOwn(env, name) && (!deep || (valuesGiven(env, name) ?? []).every((value) => value !== null && freshnessOf(env, value) === 2));
  if ((own(first) && !comesFrom(env, second, first)) || (own(second) && !comesFrom(env, first, second))) return false;
  return true;
}

/** True when some value given to `name` is, or is a part of, what `other` holds. */
const comesFrom = (env: Environment, name: string, other: string): boolean =>
  (valuesGiven(env, name) ?? []).some(
    (value) => value !== null && !isFresh(env, value) && [...eachExpr(value)].some((part) => part.kind === 'name' && part.name === other),
  );

/** What calls change: of a container, of an element, of what is passed. Places inside of something are given back, to be compared with the other places. */
function changesOfCalls(names: TripNames, calls: ReadonlyMap<Expr, JudgedCall>, scope: IndexScope, stores: Store[], carried: Dependence[]): Access[] {
  const places: Access[] = [];
  for (const [call, { fact, effect, changed }] of calls) {
    const tie = (name: string, why: string): number => carried.push({ name, via: 'call', kind: 'flow', why, span: fact.span });
    const unchanged = changed.length === 0 ? fact.why : `\`${fact.written}\` (${lineOf(fact.span)}) draws from a random generator.`;
    if (effect.purity === 'rng' && fact.reseeds !== true) tie(fact.written, unchanged);
    for (const one of changed) {
      // What a function writes outside of what it is given is the same in every trip.
      if ('outside' in one) {
        tie(one.outside ?? fact.written, `\`${fact.written}\` (${lineOf(fact.span)}) ${one.why}.`);
        continue;
      }
      if (names.owned.ownsChange(one)) continue;
      const root = rootName(one.place);
      stores.push({ name: root ?? '', target: call.kind === 'call' && call.callee.kind === 'attribute' && one.place === call.callee.object ? call.callee : one.place, kind: 'method', index: null, span: fact.span }); // prettier-ignore
      if (names.accumulators.some((gathering) => within(fact.span, gathering.statement) && isNamed(one.place, gathering.name))) continue;
      const access = accessOf(one.place, true, scope);
      if (access.dims.length > 0) {
        places.push({ ...access, span: fact.span, byCall: true });
        continue;
      }
      const subject = root ?? describeExpr(one.place);
      tie(subject, `\`${fact.written}\` (${lineOf(fact.span)}) ${one.why}, and other trips use \`${subject}\` too.`);
    }
  }
  return places;
}

/** The accumulator itself or something in it: `groups[k]` of `groups`. */
export function isNamed(place: Expr, name: string): boolean {
  let at = place;
  for (;;) {
    if (dottedName(at) === name) return true;
    if (at.kind === 'subscript' || at.kind === 'attribute') at = at.object;
    else if (at.kind === 'call' && at.callee.kind === 'attribute') at = at.callee.object;
    else return false;
  }
}

function walkedAndChanged(positions: Positions, stores: readonly Store[], carried: Dependence[]): void {
  for (const walked of positions.walked) {
    const root = rootName(walked);
    const changed = stores.find((store) => store.kind === 'method' && store.name === root && walked.kind === 'name');
    if (!changed || root === null) continue;
    const why = `The loop runs over \`${root}\` and changes it (${lineOf(changed.span)}).`;
    carried.push({ name: root, via: 'call', kind: 'flow', why, span: changed.span });
  }
}

/** A function that looks at a global which the loop changes sees what other trips did. */
function readsThroughCalls(
  { loop, env, flow, globalsRead }: TripNames,
  calls: ReadonlyMap<Expr, JudgedCall>,
  stores: readonly Store[],
  carried: Dependence[],
): void {
  const scope = ownScope(env);
  const changed = new Set(
    [...flow.writes, ...stores.map((store) => store.name)].flatMap((name) => outerName(scopeOfName(env.module, name, scope), name) ?? []),
  );
  if (changed.size === 0) return;
  for (const walked of spaceExprs(loop.space)) {
    // A generator of the user's own goes on between two trips.
    for (const expr of eachExpr(walked)) {
      if (expr.kind !== 'call') continue;
      for (const key of globalsRead(expr)) {
        if (!changed.has(key)) continue;
        const name = shownName(key);
        carried.push({ name, via: 'call', kind: 'flow', why: `What the loop runs over (${lineOf(expr.span)}) reads \`${name}\`, which the trips change.`, span: expr.span }); // prettier-ignore
      }
    }
  }
  for (const [call, { fact }] of calls) {
    if (call.kind !== 'call') continue;
    for (const key of globalsRead(call)) {
      if (!changed.has(key)) continue;
      const name = shownName(key);
      const why = `\`${fact.written}\` (${lineOf(call.span)}) reads \`${name}\`, which other trips change.`;
      carried.push({ name, via: 'call', kind: 'flow', why, span: call.span });
    }
  }
}

/**
 * What the trips change or gather, looked at under another name: a view of it, an alias inside of a container, a method of it, the object that it is an
 * attribute of.
 */
function readsOtherwise({ loop, env, accumulators }: TripNames, stores: readonly Store[], accesses: readonly Access[], carried: Dependence[]): void {
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

/** What ties trips together through plain names. */
export function carriedNames(names: TripNames, indices: ReadonlySet<string>): Dependence[] {
  const { loop, flow, accumulators, liveOut } = names;
  const gathered = new Set(accumulators.map((one) => one.name));
  const carried: Dependence[] = [];
  const first = firstWrites(loop.body);
  for (const name of flow.writes) {
    if (gathered.has(name) || indices.has(name)) continue;
    const written = first.get(name);
    const exposed = flow.exposed.get(name);
    if (exposed) {
      const why = `\`${name}\` is read (${lineOf(exposed.span)}) before the trip gives it a value${written ? ` (${lineOf(written)})` : ''}, so it comes from the trip before.`;
      carried.push({ name, via: 'name', kind: 'flow', why, span: exposed.span });
    } else if (liveOut.has(name) && flow.always?.has(name) !== true) {
      const span = written ?? loop.span;
      const why = `\`${name}\` is written only in some trips (${lineOf(span)}) and used after the loop, so the last of those trips decides.`;
      carried.push({ name, via: 'name', kind: 'output', why, span });
    }
  }
  return carried;
}

/** The first statement that writes each name. */
function firstWrites(body: readonly Stmt[]): Map<string, Span> {
  const first = new Map<string, Span>();
  for (const statement of eachStmt(body)) {
    const targets = statement.kind === 'assign' ? statement.targets : statement.kind === 'augment' ? [statement.target] : statement.kind === 'loop' && statement.loop.target ? [statement.loop.target] : []; // prettier-ignore
    const names = targets.flatMap(boundNames);
    for (const top of stmtExprs(statement)) for (const expr of eachExpr(top)) if (expr.kind === 'named') names.push(expr.name);
    for (const name of names) if (!first.has(name)) first.set(name, statement.span);
  }
  return first;
}

function distinct(list: readonly Dependence[]): Dependence[] {
  const seen = new Set<string>();
  return list.filter((one) => {
    const key = `${one.name} ${one.kind} ${one.why}`;
    return !seen.has(key) && seen.add(key);
  });
}
