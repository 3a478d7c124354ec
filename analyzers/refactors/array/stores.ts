import type { BinaryOp, Expr, Stmt } from '../../types';
import { eachStmt, stmtNames } from '../../syntax/python-walk';
import { binds, wrap, type Draft, type Lane, type Scope, type Sink } from './draft';
import { lower } from './expressions';
import type { Kind } from './kinds';
import { isBool, isWhole } from './scalars';
import { namesOf, type Trips } from './spaces';
import { requireSequence } from './type-tests';
import { affine, indicesOf, sliceText, type Store } from './subscripts';

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
  const ranked = kind?.kind === 'list' || (kind?.kind === 'array' && kind.shape.length === 1);
  if (own.length !== 1 || !ranked || !names.some((name) => scope.env.get(name)?.varying)) return false;
  const { draft } = body;
  const at = lower(index, draft, scope);
  const value = lower(added, draft, scope);
  if (draft.stopped()) return true;
  if (!at.varying || (at.scalar !== 'int' && at.scalar !== 'np.int64')) {
    draft.refuse('gather', 'An index is not a whole number.', 'Use int indices.', index.span);
    return true;
  }
  if (kind.kind === 'list') {
    countInto(object, kind, op, at, value, statement, scope, body);
    for (const store of own) store.done = true;
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

/** `counts[place] += 1` on a list: NumPy counts, and the counts are added to the list's own numbers. */
function countInto(
  list: Expr & { kind: 'name' },
  kind: Kind & { kind: 'list' },
  op: '+' | '-',
  at: Lane,
  value: Lane,
  statement: Stmt,
  scope: Scope,
  body: Storing,
): void {
  const { draft } = body;
  const { np } = draft;
  const constant = !value.varying && value.scalar === 'int' && kind.element === 'int';
  const weights = value.varying && value.scalar === 'float' && kind.element === 'float';
  if (scope.mask !== null) {
    // Only the trips of a branch have places that are sure to be inside: each side is computed for its own.
    draft.flags.unsafe = true;
    return;
  }
  if (op === '-' || (!constant && !weights)) {
    draft.refuse(
      'mixed-types',
      `What \`${list.name}\` gets is neither the same int each time nor a float for a list of floats.`,
      'Count in a NumPy array.',
      statement.span,
    );
    return;
  }
  requireSequence(list, kind, draft, scope);
  // A place past the end, or one that counts from it, is the loop's own business.
  draft.flags.unsafe = true;
  draft.flags.indexes = true;
  draft.operations += 4;
  const flat = draft.nest?.shape.startsWith('(') === true ? '.ravel()' : '';
  const writes = [...eachStmt(draft.facts.ir.body)].filter((one) => stmtNames([one]).writes.has(at.code)).length;
  const plain = flat === '' && /^\w+$/.test(at.code) && writes < 2;
  const places = plain ? at.code : draft.local('places');
  if (!plain) draft.emit(`${places} = ${flat === '' ? at.code : `${wrap(at, binds.atom)}${flat}`}`, statement.span);
  draft.emit(`if ${places}.min(initial=0) < 0 or ${places}.max(initial=0) >= len(${list.name}):`);
  draft.emit(`${draft.cx.indentUnit(draft.facts.file)}raise IndexError("a place outside of the list")`);
  const unit = draft.cx.indentUnit(draft.facts.file);
  const [place, count] = [draft.local('place'), draft.local('count')];
  const counted = `${np}.bincount(${places}, minlength=len(${list.name}))`;
  const times = value.code === '1' ? count : `${wrap(value, binds.product)} * ${count}`;
  const code = constant
    ? `for ${place}, ${count} in enumerate(${counted}.tolist()):\n${unit}${list.name}[${place}] += ${times}`
    : [
        `${count} = ${np}.bincount(${places}, weights=${wrap(value, flat === '' ? 0 : binds.atom)}${flat}, minlength=len(${list.name})).tolist()`,
        `for ${place} in ${np}.flatnonzero(${counted}).tolist():`,
        `${unit}${list.name}[${place}] += ${count}[${place}]`,
      ].join('\n');
  if (!constant) draft.flags.warns = true;
  const target = { kind: 'store' as const, code, object: list.name, scalar: kind.element, list: true, statement: true as const };
  body.sink({ key: `scatter:${list.name}`, target, value: { ...value, range: { lo: 0, hi: 0, nan: false } }, mask: null, from: statement.span });
}
