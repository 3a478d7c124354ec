import type { Dependence, Expr, LoopIR, Span, Stmt, Store } from '../types';
import { lineOf } from '../platform/span';
import { describeExpr } from '../syntax/python-print';
import { dottedName } from '../syntax/python-loops';
import { childExprs, nestedBlocks, spaceExprs, stmtExprs } from '../syntax/python-walk';
import { affineOf, isFixed, sum, type Affine, type IndexScope } from './affine';
import type { IndexBounds } from './index-bounds';
import { rootName } from './environment';
import type { Positions } from './positions';

/** One place of the trip that reads or writes a part of something. */
export interface Access {
  /** The dotted name of what it is a part of; null when it has none. */
  base: string | null;
  /** The name that the place is reached from, as written. */
  root: string | null;
  /** One per index, outermost first; null where it may be any. An empty list is the whole of it. */
  dims: (Affine | null)[];
  indexes: Expr[];
  write: boolean;
  /** A write only if what is there can be changed in place, which nothing tells. */
  perhaps?: true;
  /** Written by a method or a function that is called there. */
  byCall?: true;
  expr: Expr;
  span: Span;
}

/** Attributes that no store to an element changes. */
const SHAPE = new Set(['shape', 'size', 'ndim', 'dtype', 'itemsize']);

/** Every read and write of subscripts and of whole containers in the body of a loop. */
export function accessesOf(loop: LoopIR, scope: IndexScope): Access[] {
  const found: Access[] = [];
  const note = (expr: Expr, write: boolean): void => {
    found.push(accessOf(expr, write, scope));
  };
  const read = (expr: Expr): void => {
    if (expr.kind === 'subscript') {
      // `a.shape[0]` looks at no element.
      if (expr.object.kind === 'attribute' && SHAPE.has(expr.object.attribute)) {
        read(expr.index);
        return;
      }
      note(expr, false);
      partsUnder(expr).forEach(read);
      return;
    }
    if (expr.kind === 'name' || expr.kind === 'attribute') {
      if (expr.kind === 'attribute' && SHAPE.has(expr.attribute)) return;
      note(expr, false);
      partsUnder(expr).forEach(read);
      return;
    }
    // The number of elements stays, whatever is stored in them.
    if (expr.kind === 'call' && expr.callee.kind === 'name' && expr.callee.name === 'len') return;
    if (expr.kind === 'call' && expr.callee.kind === 'attribute') {
      read(expr.callee.object);
      [...expr.args, ...expr.keywords.map((keyword) => keyword.value)].forEach(read);
      return;
    }
    childExprs(expr).forEach(read);
  };
  const write = (target: Expr): void => {
    if (target.kind === 'collection') target.items.forEach(write);
    else if (target.kind === 'spread') write(target.value);
    else if (target.kind === 'subscript') {
      note(target, true);
      partsUnder(target).forEach(read);
    } else if (target.kind === 'attribute') {
      note(target, true);
      partsUnder(target).forEach(read);
    }
  };
  const block = (body: readonly Stmt[]): void => {
    for (const statement of body) {
      switch (statement.kind) {
        case 'assign':
          read(statement.value);
          statement.targets.forEach(write);
          break;
        case 'augment':
          if (statement.target.kind !== 'name') read(statement.target);
          read(statement.value);
          write(statement.target);
          break;
        case 'loop':
          spaceExprs(statement.loop.space).forEach(read);
          if (statement.loop.target) write(statement.loop.target);
          break;
        default:
          stmtExprs(statement).forEach(read);
      }
      nestedBlocks(statement).forEach(block);
    }
  };
  if (loop.space.kind === 'while') read(loop.space.test);
  block(loop.body);
  return found;
}

export function accessOf(expr: Expr, write: boolean, scope: IndexScope): Access {
  const { object, indexes, path } = unfold(expr, scope);
  const base = dottedName(object);
  return {
    base: base === null ? null : [base, ...path].join('.'),
    root: rootName(expr),
    dims: indexes.map((index) => affineOf(index, scope)),
    indexes,
    write,
    expr,
    span: expr.span,
  };
}

/** `a[i][j]` and `a[i, j]` as `a` with the indexes i and j; another name for a part is followed to what it is a part of. */
function unfold(expr: Expr, scope: IndexScope): { object: Expr; indexes: Expr[]; path: string[] } {
  const indexes: Expr[] = [];
  const path: string[] = [];
  let at = expr;
  for (let steps = 0; steps < 20; steps += 1) {
    if (at.kind === 'subscript' && at.index.kind !== 'slice' && at.object.kind === 'subscript' && at.object.index.kind === 'slice') {
      // `a[1:][i]` is `a[i + 1]`.
      indexes.unshift(behind(at.object.index, at.index));
      at = at.object.object;
      continue;
    }
    if (at.kind === 'subscript') {
      indexes.unshift(...(at.index.kind === 'collection' && at.index.type === 'tuple' ? at.index.items : [at.index]));
      at = at.object;
      continue;
    }
    if (at.kind === 'attribute') {
      path.unshift(at.attribute);
      at = at.object;
      continue;
    }
    const meaning = at.kind === 'name' ? scope.meaning(at.name) : null;
    if (!meaning || (meaning.kind !== 'subscript' && meaning.kind !== 'name' && meaning.kind !== 'attribute')) break;
    at = meaning;
  }
  return { object: at, indexes, path };
}

/** The index that an index behind a slice is in what was cut; one that nothing is known of where the slice counts from the end or in steps. */
function behind({ lower, step, span }: Expr & { kind: 'slice' }, index: Expr): Expr {
  if (lower === null && step === null) return index;
  const plain = step === null && lower !== null && (lower.kind === 'number' || lower.kind === 'name');
  return plain && index.kind !== 'collection' ? { kind: 'binary', op: '+', left: index, right: lower, span } : { kind: 'opaque', what: 'slice', reads: [], writes: [], span }; // prettier-ignore
}

/** What is read on the way to a place: indexes, and an object that is no name. */
function partsUnder(expr: Expr): Expr[] {
  if (expr.kind === 'attribute') return partsUnder(expr.object);
  if (expr.kind === 'subscript') return [...partsUnder(expr.object), ...(expr.index.kind === 'collection' ? expr.index.items : [expr.index])];
  return expr.kind === 'name' ? [] : [expr];
}

/** How the place of a store moves with the loop. */
export function indexKind(access: Access, positions: Positions, scope: IndexScope): NonNullable<Store['index']> {
  let result: NonNullable<Store['index']> = 'constant';
  for (const [at, dim] of access.dims.entries()) {
    const index = access.indexes[at];
    if (!dim) {
      const fixedSlice = index?.kind === 'slice' && [index.lower, index.upper, index.step].every((part) => part === null || isFixed(part, scope));
      if (!fixedSlice && result === 'constant') result = index?.kind === 'slice' ? 'unknown' : 'indirect';
      continue;
    }
    const own = [...dim.terms].filter(([name]) => positions.index.has(name));
    const [first] = own;
    if (!first) continue;
    const others = dim.terms.size - own.length;
    if (own.length > 1) return 'unknown';
    const [name, count] = first;
    const moving = [...dim.terms.keys()].some((term) => term !== name && scope.counts(term));
    if (moving) return 'unknown';
    if (count !== 1) return 'permuted';
    return dim.constant === 0 && others === 0 ? 'same' : 'shifted';
  }
  return result;
}

/** How two places are compared: in which loop, and what is known of the bounds of its index. */
export interface Meeting {
  positions: Positions;
  scope: IndexScope;
  bounds: IndexBounds;
}

/** Trips between two accesses of one place: 0 in the same trip only, a number of trips, 'never', or null when it cannot be told. */
export function distance(write: Access, other: Access, { positions, scope, bounds }: Meeting): number | 'never' | null {
  let known: number | null = null;
  const count = Math.min(write.dims.length, other.dims.length);
  for (let at = 0; at < count; at += 1) {
    const first = write.dims[at];
    const second = other.dims[at];
    if (!first || !second) continue;
    // Counters of inner loops take every value in one trip: an equal difference says nothing of this loop.
    if ([...first.terms.keys(), ...second.terms.keys()].some((name) => scope.counts(name) && !positions.index.has(name))) continue;
    const apart = apartBy(first, second, positions, bounds);
    if (apart === 'never') return 'never';
    if (apart === null) continue;
    if (apart === 'same') continue;
    if (known !== null && known !== apart) return 'never';
    known = apart;
  }
  return known;
}

/** As `distance`, of one index; 'same': it is the same in every trip. */
function apartBy(first: Affine, second: Affine, positions: Positions, bounds: IndexBounds): number | 'never' | 'same' | null {
  const difference = sum(second, first, -1);
  const own = [...first.terms].filter(([name]) => positions.index.has(name));
  const [only] = own;
  if (difference.terms.size > 0) return bounds.apart(first, second) ? 'never' : null;
  if (!only) return difference.constant === 0 ? 'same' : bounds.mayWrap(first) || bounds.mayWrap(second) ? null : 'never';
  if (own.length > 1) return null;
  const step = positions.steps.get(only[0]) ?? 0;
  if (step === 0) return difference.constant === 0 ? 0 : null;
  const trips = difference.constant / (only[1] * step);
  if (!Number.isInteger(trips) || bounds.apart(first, second)) return bounds.mayWrap(first) || bounds.mayWrap(second) ? null : 'never';
  return trips;
}

/** Why two accesses of one thing, at least one of them a write, tie trips together; null when they do not. `at` null: their places cannot be compared. */
export function dependenceOf(write: Access, other: Access, at: Meeting | null, alias: boolean): Dependence | null {
  const trips = at ? distance(write, other, at) : null;
  if (trips === 'never' || trips === 0) return null;
  const written = `\`${describeExpr(write.expr)}\` (${lineOf(write.span)})`;
  const place = `\`${describeExpr(other.expr)}\` (${lineOf(other.span)})`;
  const name = write.root ?? write.base ?? '';
  const kind = other.write ? 'output' : trips !== null && trips > 0 ? 'anti' : 'flow';
  const may = alias ? `may be the same object as ${written}, and then it ` : '';
  const away = trips === null ? null : Math.abs(trips) === 1 ? 'the trip' : `${Math.abs(trips)} trips`;
  const sentence =
    kind === 'output'
      ? trips === null
        ? write === other
          ? `${written} may write the same place in several trips, so their order matters`
          : `${place} ${may}may write the same place as ${written} in another trip`
        : `${place} ${may}writes what ${written} writes in another trip`
      : kind === 'anti'
        ? `${place} ${may}reads what ${away ?? 'a trip'} after it overwrites${alias ? '' : ` by ${written}`}`
        : away === null
          ? `${place} ${may}may read what an earlier trip wrote${alias ? '' : ` to ${written}`}`
          : `${place} ${may}reads what ${away} before it wrote${alias ? '' : ` to ${written}`}`;
  const via = write.expr.kind === 'attribute' ? 'attribute' : 'subscript';
  const fixed = write.dims.length === other.dims.length && [...write.dims, ...other.dims].every((dim) => dim?.terms.size === 0);
  const possible = alias || (trips === null && !fixed && write.dims.length > 0);
  return { name, via, kind, why: `${sentence}.`, span: other.span, ...(possible ? { possible: true as const } : {}) };
}
