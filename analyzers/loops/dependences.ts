import type { Accumulator, CallFact, Dependence, Expr, LoopIR, Span, Stmt, Store } from '../types';
import { scopeAt, scopeOfName } from '../syntax/python-names';
import { boundNames, eachExpr, eachStmt, stmtExprs } from '../syntax/python-walk';
import { accessesOf, dependenceOf, distance, indexKind, type Access } from './accesses';
import type { IndexScope } from './affine';
import { isFresh, isOwn, rootName, valuesGiven, assignmentsOf, type Environment } from './environment';
import type { NameFlow } from './flow';
import { positionsOf, type Positions } from './positions';
import { lineOf } from './purity';

/** What the stores and dependences of one loop are read from. */
export interface TripNames {
  loop: LoopIR;
  env: Environment;
  flow: NameFlow;
  privates: ReadonlySet<string>;
  liveOut: ReadonlySet<string>;
  accumulators: readonly Accumulator[];
  /** Variables of the module that a call reads through a function of the user's own. */
  globalsRead: (call: Expr & { kind: 'call' }) => ReadonlySet<string>;
}

/** Names that every trip makes anew: changing them changes nothing outside. */
export function madeInTrip({ loop, env, privates }: TripNames): Set<string> {
  const given = assignmentsOf(loop.body);
  return new Set(
    [...privates].filter((name) => (given.get(name) ?? []).length > 0 && given.get(name)?.every((value) => value !== null && isFresh(env, value))),
  );
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

/** Stores to what lives outside the trip, and what ties trips together through subscripts and attributes. */
export function storesAndDependences(names: TripNames, calls: ReadonlyMap<Expr, CallFact>): { stores: Store[]; carried: Dependence[] } {
  const { loop, env } = names;
  const positions = positionsOf(loop);
  const scope = scopeOf(names, positions);
  const made = madeInTrip(names);
  const outside = (access: Access): boolean => access.root === null || !made.has(access.root);
  const accesses = accessesOf(loop, scope).filter(outside);
  const gathered = new Set(names.accumulators.filter((one) => one.op === 'dict').map((one) => one.name));
  const stores: Store[] = [];
  const carried: Dependence[] = [];
  const writes = accesses.filter((access) => access.write);
  const tooMany = writes.length * accesses.length > MOST_PAIRS;
  for (const write of writes) {
    const kind = write.expr.kind === 'attribute' ? 'attribute' : 'subscript';
    const element = write.root !== null && positions.elements.has(write.root);
    const index = kind === 'attribute' ? null : element ? 'unknown' : indexKind(write, positions, scope);
    stores.push({ name: write.root ?? '', target: write.expr, kind, index, span: write.span });
    if (write.root !== null && gathered.has(write.root)) continue;
    if (tooMany) {
      carried.push(uncompared(write));
      continue;
    }
    for (const other of accesses) {
      const same = sameThing(write, other);
      if (same) push(carried, dependenceOf(write, other, positions, scope, false));
      else if (write.dims.length > 0 && other.dims.length === write.dims.length && mayBeSame(write, other, env)) {
        if (distance(write, other, positions, scope) !== 0) push(carried, dependenceOf(write, other, positions, scope, true));
      }
    }
  }
  methodStores(names, calls, positions, made, stores, carried);
  readsThroughCalls(names, calls, stores, carried);
  return { stores, carried: distinct(carried) };
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

/** Two names may hold one object unless one of them holds only what was made here, or the profile saw different kinds. */
function mayBeSame(a: Access, b: Access, env: Environment): boolean {
  const [first, second] = [a.root, b.root];
  if (first === null || second === null || first === second) return false;
  const seen = [env.values[first], env.values[second]] as const;
  if (seen[0] && seen[1]) {
    if (seen[0].type !== seen[1].type || seen[0].dtype !== seen[1].dtype) return false;
    if (seen[0].type !== 'ndarray' && seen[0].length !== seen[1].length) return false;
  }
  if ((isOwn(env, first) && !comesFrom(env, second, first)) || (isOwn(env, second) && !comesFrom(env, first, second))) return false;
  return true;
}

/** True when some value given to `name` is, or is a part of, what `other` holds. */
const comesFrom = (env: Environment, name: string, other: string): boolean =>
  (valuesGiven(env, name) ?? []).some(
    (value) => value !== null && !isFresh(env, value) && [...eachExpr(value)].some((part) => part.kind === 'name' && part.name === other),
  );

/** Calls that change something: of a container, of an element, of what is passed. */
function methodStores(
  names: TripNames,
  calls: ReadonlyMap<Expr, CallFact>,
  positions: Positions,
  made: ReadonlySet<string>,
  stores: Store[],
  carried: Dependence[],
): void {
  const gathering = names.accumulators.map((one) => one.statement);
  for (const [call, fact] of calls) {
    if (call.kind !== 'call') continue;
    if (fact.purity === 'rng') {
      if (fact.reseeds) continue;
      carried.push({ name: fact.written, via: 'call', kind: 'flow', why: fact.why, span: call.span });
      continue;
    }
    if (fact.purity !== 'mutates') continue;
    const method = call.callee.kind === 'attribute' && (fact.resolved === null || fact.resolved.includes(':'));
    const own = fact.resolved?.includes(':') === true;
    // What a function writes outside of what it is given is the same in every trip.
    if (own && /\bthe (global|nonlocal) `|what `/.test(fact.why)) {
      carried.push({ name: fact.written, via: 'call', kind: 'flow', why: fact.why, span: call.span });
      continue;
    }
    const reached = [...(method ? [call.callee] : []), ...(method && !own ? [] : fact.resolved === null || own ? call.args : call.args.slice(0, 1))];
    for (const place of reached) {
      const root = rootName(place);
      if (root === null || made.has(root)) continue;
      if (own && place !== call.callee && !/argument|given/.test(fact.why)) continue;
      stores.push({ name: root, target: place, kind: 'method', index: null, span: call.span });
      const accumulates = gathering.some((span) => within(call.span, span)) && names.accumulators.some((one) => one.name === root);
      if (accumulates || positions.elements.has(root)) continue;
      carried.push({
        name: root,
        via: 'call',
        kind: 'flow',
        why: `${fact.why.replace(/\.$/, '')}, and other trips use \`${root}\` too.`,
        span: call.span,
      });
    }
  }
  for (const walked of positions.walked) {
    const root = rootName(walked);
    const changed = stores.find((store) => store.kind === 'method' && store.name === root && walked.kind === 'name');
    if (changed && root !== null) {
      carried.push({
        name: root,
        via: 'call',
        kind: 'flow',
        why: `The loop runs over \`${root}\` and changes it (${lineOf(changed.span)}).`,
        span: changed.span,
      });
    }
  }
}

/** A function that looks at a global which the loop changes sees what other trips did. */
function readsThroughCalls(
  { env, flow, globalsRead }: TripNames,
  calls: ReadonlyMap<Expr, CallFact>,
  stores: readonly Store[],
  carried: Dependence[],
): void {
  const scope = scopeAt(env.module, env.owner?.span.start ?? { line: -1, character: 0 });
  const changed = new Set(
    [...flow.writes, ...stores.map((store) => store.name)].filter((name) => scopeOfName(env.module, name, scope)?.kind === 'module'),
  );
  if (changed.size === 0) return;
  for (const [call, fact] of calls) {
    if (call.kind !== 'call') continue;
    for (const name of globalsRead(call)) {
      if (!changed.has(name)) continue;
      const why = `\`${fact.written}\` (${lineOf(call.span)}) reads \`${name}\`, which other trips change.`;
      carried.push({ name, via: 'call', kind: 'flow', why, span: call.span });
    }
  }
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

export const within = (inner: Span, outer: Span): boolean => !before(inner.start, outer.start) && !before(outer.end, inner.end);
const before = (a: Span['start'], b: Span['start']): boolean => a.line < b.line || (a.line === b.line && a.character < b.character);

function distinct(list: readonly Dependence[]): Dependence[] {
  const seen = new Set<string>();
  return list.filter((one) => {
    const key = `${one.name} ${one.kind} ${one.why}`;
    return !seen.has(key) && seen.add(key);
  });
}
