import type { Expr } from '../../types';
import { printExpr } from '../../syntax/python-print';
import { shifted } from './bounds';
import { binds, type Draft, type Lane, type Scope } from './draft';
import { risk, uniform } from './arithmetic';
import { lower } from './expressions';
import { literalInt, type Linear } from './kinds';
import { isWhole } from './scalars';
import { numberOf, tableArray } from './tables';
import { requireSequence } from './type-tests';
import { listLane, namesOf, type Axis, type Trips } from './spaces';

type Subscript = Expr & { kind: 'subscript' };

/** An index that follows the loop at a fixed distance. */
export function affine(index: Expr, axes: readonly Axis[]): { axis: Axis; offset: number } | null {
  if (index.kind === 'name') {
    const axis = axes.find((one) => one.name === index.name);
    return axis ? { axis, offset: 0 } : null;
  }
  if (index.kind !== 'binary' || (index.op !== '+' && index.op !== '-')) return null;
  const by = literalInt(index.right);
  const left = affine(index.left, axes);
  if (left && by !== null) return { ...left, offset: left.offset + (index.op === '+' ? by : -by) };
  const first = literalInt(index.left);
  const right = index.op === '+' ? affine(index.right, axes) : null;
  return right && first !== null ? { ...right, offset: right.offset + first } : null;
}

/** A store through a subscript that the loop makes somewhere. */
export interface Store {
  name: string;
  /** Distance from the loop's index; null: not a plain one. */
  offset: number | null;
  /** The other indices, as text. */
  others: string;
  done: boolean;
}

/** Splits `a[i, j]` and `a[i][j]` into the object and its indices, outermost first. */
export function indicesOf(expr: Subscript): { object: Expr; indices: Expr[] } {
  const own = expr.index.kind === 'collection' && expr.index.type === 'tuple' ? expr.index.items : [expr.index];
  return { object: expr.object, indices: own };
}

/** The slice of an array that an index reads or writes in all trips; null where its bounds are not known. Refusals are left in the draft. */
export function sliceText(
  object: Expr,
  position: number,
  axis: Axis,
  offset: number,
  draft: Draft,
  scope: Scope,
  given: { size?: string; length?: Linear } = {},
): string | null {
  if (!(axis.startLo + offset >= 0)) {
    draft.refuse(
      'index-bounds',
      'The index may be negative, which counts from the end in Python.',
      'Start the range where the index is 0 or more.',
      object.span,
    );
    return null;
  }
  const length = given.length ?? scope.kinds.shapeOf(object, position);
  const { stop } = axis;
  const text = draft.cx.slice(scope.file, object.span);
  const size = given.size ?? (position === 0 ? `len(${text})` : `${text}.shape[${position}]`);
  const left =
    length !== null && stop !== null && length.base === stop.base ? length.offset - stop.offset : beforeEnd(axis.stopCode, text, size, position);
  const known = left === null ? null : left - offset;
  const last = shifted(axis.stopCode, offset);
  if (known === null || known < 0) {
    if (known !== null) {
      draft.refuse('index-bounds', 'The last trips index past the end.', 'Stop the range earlier.', object.span);
      return null;
    }
    draft.need(size, axis.stopCode, offset);
  }
  // A stop below zero would count from the end.
  if (!(known !== null && known >= 0) && !(axis.stopRange.lo + offset >= 0)) draft.need(axis.stopCode, String(Math.max(0, -offset)), 0);
  const first = axis.start?.base === null ? axis.start.offset + offset : null;
  if (first === 0 && known === 0 && axis.step === 1) return ':';
  const from = first === 0 ? '' : shifted(axis.startCode, offset);
  // Counted from the end where the length is known, which also holds for arrays too short for any trip.
  const to = known === 0 ? '' : known !== null && axis.step === 1 ? `-${known}` : last;
  return `${from}:${to}${axis.step === 1 ? '' : `:${axis.step}`}`;
}

/** How far a stop stands before the end of the object whose size it is computed from; null: it is computed from something else. */
function beforeEnd(stop: string, text: string, size: string, position: number): number | null {
  const [, of, by] = /^(.+?)(?: - (\d+))?$/.exec(stop) ?? [];
  return of === size || of === `${text}.shape[${position}]` ? Number(by ?? 0) : null;
}

export class Subscripts {
  private readonly arrays = new Map<string, Lane>();
  /** Lists and arrays that the loop reads by index. */
  readonly loaded = new Set<string>();

  constructor(
    private readonly draft: Draft,
    private readonly trips: Trips,
    private readonly stores: readonly Store[],
  ) {}

  readonly load: Scope['subscript'] = (expr, scope) => {
    const { draft } = this;
    const number = numberOf(expr, scope);
    if (number) return this.ofRow(number, expr, scope);
    const { object, indices } = indicesOf(expr);
    const names = namesOf(expr);
    const varying = [...names].some((name) => scope.env.get(name)?.varying ?? false);
    const inObject = [...namesOf(object)].filter(
      (name) => scope.env.has(name) || (scope.written.has(name) && !this.stores.some((store) => store.name === name)),
    );
    if (inObject.length > 0) {
      return draft.refuse(
        'not-numeric',
        'The loop indexes something that changes from trip to trip.',
        'Keep the data in arrays that the loop only indexes.',
        expr.span,
      );
    }
    const stored = object.kind === 'name' ? this.stores.filter((store) => store.name === object.name) : [];
    const places = indices.map((index) => affine(index, this.trips.axes));
    const lanes = places.filter((place) => place !== null);
    if (!this.ordered(stored, places, indices, scope, expr)) return draft.refuse('carried-dependence', '', '');
    if (!varying) {
      if (this.stores.length > 0 && object.kind === 'name') this.loaded.add(object.name);
      if (!this.inBounds(object, indices, scope)) {
        draft.flags.needsTrips = true;
        if (scope.mask !== null) risk(draft, false, true);
      }
      return uniform(expr, draft, scope);
    }
    const kind = scope.kinds.of(object);
    const text = draft.cx.slice(scope.file, object.span);
    this.loaded.add(text);
    if (kind?.kind !== 'list' && kind?.kind !== 'array') {
      return draft.refuse('unknown-type', `It is not known what \`${text}\` holds.`, 'Use a list of numbers or a NumPy array.', expr.span);
    }
    requireSequence(object, kind, draft, scope);
    const rank = kind.kind === 'list' ? 1 : kind.shape.length;
    if (rank !== indices.length) {
      return draft.refuse('not-scalar', `\`${text}\` is not indexed down to one number.`, 'Index every axis.', expr.span);
    }
    if (lanes.length === 1) {
      const parts = indices.map((index, position) => {
        const place = places[position];
        if (place) return sliceText(object, position, place.axis, place.offset, draft, scope) ?? ':';
        const other = lower(index, draft, scope);
        if (other.varying || !isWhole(other.scalar))
          draft.refuse('gather', 'Two indices change from trip to trip.', 'Index one axis by the loop.', expr.span);
        return other.code;
      });
      const array = this.arrayOf(text, kind);
      const whole = parts.length === 1 && parts[0] === ':';
      const code = whole ? array.code : `${array.code}[${parts.join(', ')}]`;
      return { ...array, code, fresh: false, unchanged: false };
    }
    if (indices.length !== 1) return draft.refuse('gather', 'Two indices change from trip to trip.', 'Index one axis by the loop.', expr.span);
    // Other indices: NumPy takes them one by one, counts negative ones from the end and raises IndexError as a list does.
    const [index] = indices;
    const at = index && lower(index, draft, scope);
    if (!at || (at.scalar !== 'int' && at.scalar !== 'np.int64'))
      return draft.refuse('gather', 'An index is not a whole number.', 'Use int indices.', expr.span);
    // A list says it in other words: its own loop does.
    if (kind.kind === 'list') risk(draft, true, false);
    if (kind.kind === 'list') draft.flags.indexes = true;
    draft.flags.unsafe = true;
    const array = this.arrayOf(text, kind);
    return { ...array, code: `${array.code}[${at.code}]`, fresh: true, unchanged: false, gathered: true };
  };

  /** One number of a row of a list of rows. */
  private ofRow({ table, object, row, column }: NonNullable<ReturnType<typeof numberOf>>, expr: Expr, scope: Scope): Lane {
    const { draft } = this;
    const { name } = table;
    if (scope.env.has(name) || scope.written.has(name) || this.stores.some((store) => store.name === name)) {
      const why = `The loop changes \`${name}\` while it reads it.`;
      return draft.refuse('carried-dependence', why, 'Write the results to another list.', expr.span);
    }
    this.loaded.add(name);
    const array = this.arrays.get(`rows of ${name}`) ?? draft.input(() => tableArray(table, draft));
    this.arrays.set(`rows of ${name}`, array);
    if (column > 0) draft.check(`len(${name}[0]) > ${column}`);
    const varying = [...namesOf(row)].some((one) => scope.env.get(one)?.varying ?? scope.written.has(one));
    if (!varying) {
      if (!this.inBounds(object, [row], scope)) {
        draft.flags.needsTrips = true;
        if (scope.mask !== null) risk(draft, false, true);
      }
      const code = printExpr(expr, draft.cx.text(scope.file));
      return { code, binds: binds.atom, varying: false, scalar: table.element, range: array.range, unchanged: true, fresh: false };
    }
    const place = affine(row, this.trips.axes);
    if (!place) return draft.refuse('gather', 'A row is chosen in another way than by the loop.', 'Index the rows by the loop.', expr.span);
    const part = sliceText(object, 0, place.axis, place.offset, draft, scope) ?? ':';
    return { ...array, code: `${array.code}[${part}, ${column}]`, fresh: false, unchanged: false };
  }

  /** True where an outer loop's own range keeps the indices inside. */
  private inBounds(object: Expr, indices: readonly Expr[], scope: Scope): boolean {
    return indices.every((index, position) => {
      const [only, ...others] = index.kind === 'name' ? scope.kinds.definitions(index.name) : [];
      if (only?.kind !== 'item' || others.length > 0 || only.loop.space.kind !== 'range') return false;
      const first = only.loop.space.start ? scope.kinds.of(only.loop.space.start) : null;
      if (only.loop.space.start && !(first?.kind === 'scalar' && first.range.lo >= 0)) return false;
      const stop = scope.kinds.linear(only.loop.space.stop);
      const length = scope.kinds.shapeOf(object, position);
      return !only.loop.space.step && stop !== null && length !== null && stop.base === length.base && stop.offset <= length.offset;
    });
  }

  /** A load from what the loop also stores to must not see another trip's store. */
  private ordered(
    stored: readonly Store[],
    places: readonly ({ offset: number } | null)[],
    indices: readonly Expr[],
    scope: Scope,
    expr: Expr,
  ): boolean {
    for (const store of stored) {
      const place = places.find((one) => one !== null);
      const others = indices.filter((_, position) => places[position] === null).map((index) => this.draft.cx.slice(scope.file, index.span));
      const fine = place && store.offset !== null && others.join(', ') === store.others && place.offset >= store.offset && !store.done;
      if (fine) continue;
      const why = `\`${store.name}\` is read where an earlier trip of the same loop may have written it.`;
      this.draft.refuse('carried-dependence', why, 'Write the results to another array.', expr.span);
      return false;
    }
    return true;
  }

  /** The array behind a list or array; a list is converted once. */
  arrayOf(text: string, kind: ReturnType<Scope['kinds']['of']> & { kind: 'list' | 'array' }): Lane {
    const known = this.arrays.get(text);
    if (known) return known;
    let lane: Lane;
    if (kind.kind === 'array')
      lane = { code: text, binds: binds.atom, varying: true, scalar: kind.scalar, range: kind.range, unchanged: false, fresh: false };
    else {
      const code = this.draft.fresh(`${/^\w+$/.test(text) ? text : 'values'}_array`);
      this.draft.prologue.push({ text: `${code} = ${this.draft.np}.asarray(${text})`, from: null, converts: text, tested: !kind.proven });
      this.draft.listInputs += 1;
      lane = listLane(code, kind, this.draft);
    }
    this.arrays.set(text, lane);
    return lane;
  }
}
