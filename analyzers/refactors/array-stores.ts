import type { BinaryOp, Expr, Stmt } from '../types';
import type { Draft, Lane, Scope, Sink } from './array-draft';
import { lower } from './array-expressions';
import { isBool, isWhole } from './array-scalars';
import { namesOf, type Trips } from './array-spaces';
import { requireSequence } from './array-type-tests';
import { affine, indicesOf, sliceText, type Store } from './array-subscripts';

/** What stores need of the body that they stand in. */
export interface Storing {
  readonly draft: Draft;
  readonly trips: Trips;
  readonly stores: readonly Store[];
  sink(sink: Sink): void;
}

/** `counts[place] += 1`: adds for all trips, in their order, also where several have the same place. */
export function lowerScatter(target: Expr & { kind: 'subscript' }, op: BinaryOp, added: Expr, statement: Stmt, scope: Scope, body: Storing): boolean {
  const { object, indices } = indicesOf(target);
  const [index, ...others] = indices;
  if (object.kind !== 'name' || !index || others.length > 0 || (op !== '+' && op !== '-') || affine(index, body.trips.axes)) return false;
  const own = body.stores.filter((one) => one.name === object.name);
  const kind = scope.kinds.of(object);
  const names = [...namesOf(index)];
  if (own.length !== 1 || kind?.kind !== 'array' || kind.shape.length !== 1 || !names.some((name) => scope.env.get(name)?.varying)) return false;
  const { draft } = body;
  const at = lower(index, draft, scope);
  const value = lower(added, draft, scope);
  if (draft.stopped()) return true;
  if (!at.varying || (at.scalar !== 'int' && at.scalar !== 'np.int64')) {
    draft.refuse('gather', 'An index is not a whole number.', 'Use int indices.', index.span);
    return true;
  }
  if (isBool(value.scalar) || !storable(kind.scalar, value) || isBool(kind.scalar)) {
    draft.refuse('mixed-types', `\`${object.name}\` would round what is added to it.`, 'Give the array the type of the values.', statement.span);
    return true;
  }
  requireSequence(object, kind, draft, scope);
  // A place past the end fails in the middle of the adding.
  draft.flags.unsafe = true;
  for (const store of own) store.done = true;
  draft.operations += 1;
  body.sink({
    key: `scatter:${object.name}`,
    target: {
      kind: 'store',
      code: '',
      object: object.name,
      scalar: kind.scalar,
      list: false,
      scatter: { ufunc: op === '+' ? 'add' : 'subtract', at },
    },
    value,
    mask: scope.mask,
    from: statement.span,
  });
  return true;
}

export function lowerStore(target: Expr & { kind: 'subscript' }, value: Lane, statement: Stmt, scope: Scope, body: Storing): void {
  const { draft } = body;
  const { object, indices } = indicesOf(target);
  const places = indices.map((index) => affine(index, body.trips.axes));
  const lanes = places.filter((place) => place !== null);
  const store = body.stores.find((one) => object.kind === 'name' && one.name === object.name);
  const kind = scope.kinds.of(object);
  if (draft.stopped()) return;
  if (object.kind !== 'name' || lanes.length !== 1 || !store || (kind?.kind !== 'array' && kind?.kind !== 'list')) {
    const why =
      lanes.length === 1
        ? 'It is not known what the loop stores to.'
        : 'The loop stores to places that do not follow its index: several trips may write the same one.';
    draft.refuse(lanes.length === 1 ? 'unknown-type' : 'indirect-store', why, 'Store to out[i] of an array or list of numbers.', statement.span);
    return;
  }
  const rank = kind.kind === 'list' ? 1 : kind.shape.length;
  if (rank !== indices.length) {
    draft.refuse('not-scalar', `\`${object.name}\` is not indexed down to one place.`, 'Index every axis.', statement.span);
    return;
  }
  requireSequence(object, kind, draft, scope, false);
  const slices = indices.map((index, position) => {
    const place = places[position];
    return place ? (sliceText(object, position, place.axis, place.offset, draft, scope) ?? ':') : lower(index, draft, scope).code;
  });
  if (kind.kind === 'list' && scope.mask !== null) {
    draft.refuse('side-effects', 'The loop stores to a list under a test.', 'Store to a NumPy array, or in both branches.', statement.span);
    return;
  }
  if (kind.kind === 'array' && !storable(kind.scalar, value)) {
    draft.refuse('mixed-types', `\`${object.name}\` would round what is stored in it.`, 'Give the array the type of the values.', statement.span);
    return;
  }
  store.done = true;
  const code = `${object.name}[${slices.join(', ')}]`;
  body.sink({
    key: `store:${object.name}`,
    target: { kind: 'store', code, object: object.name, scalar: kind.kind === 'list' ? kind.element : kind.scalar, list: kind.kind === 'list' },
    value,
    mask: scope.mask,
    from: statement.span,
  });
}

export const storable = (slot: string, value: Lane): boolean =>
  slot === 'np.float64' || (slot === 'np.int64' && isWhole(value.scalar)) || (slot === 'np.bool' && isBool(value.scalar));
