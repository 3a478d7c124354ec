import type { Expr, Span, Stmt } from '../../types';
import { describeExpr } from '../../syntax/python-print';
import { isSynthetic } from '../../syntax/python-reading';
import { uniform } from './arithmetic';
import { shifted } from './bounds';
import { binds, wrap, type Draft, type Lane, type Scope, type Sink } from './draft';
import { lower } from './expressions';
import { literalInt, sameLinear, type Linear } from './kinds';
import type { Element, Levels, Place } from './nest-levels';
import { isWhole } from './scalars';
import { namesOf, type Axis, type Trips } from './spaces';
import { storable } from './stores';
import { sliceText, Subscripts, type Store } from './subscripts';
import { freshRows, requireRows, tableLane, tableOf, type Table } from './tables';
import { requireSequence } from './type-tests';

type Subscript = Expr & { kind: 'subscript' };

/** Loads and stores of a nest of loops: slices of arrays that broadcast against one value for each inner trip. */
export class NestSubscripts {
  private tables = new Map<string, Lane>();
  private plain: Subscripts;

  constructor(
    private readonly draft: Draft,
    private readonly levels: Levels,
    private readonly stores: readonly Store[],
    private readonly trips: Trips,
    /** Numbers may be read at computed indices, one by one. */
    private readonly picks: boolean,
  ) {
    this.plain = new Subscripts(draft, trips, stores);
  }

  /** Something that is read has the size of the whole nest. */
  spansAll = false;

  get loaded(): Set<string> {
    return this.plain.loaded;
  }

  /** Tables that are read, by name. */
  get tablesRead(): string[] {
    return [...this.tables.keys()];
  }

  /** The same data where one more loop runs. */
  within(levels: Levels): NestSubscripts {
    const inner = new NestSubscripts(this.draft, levels, this.stores, this.trips, this.picks);
    inner.tables = this.tables;
    inner.plain = this.plain;
    return inner;
  }

  readonly load: Scope['subscript'] = (expr, scope) => {
    const element = this.levels.element(expr);
    if (!element) return this.draft.refuse('gather', 'A slice or a computed row is read in every trip.', 'Read single numbers by index.', expr.span);
    const along = new Set([...this.levels.axes.map((axis) => axis.name), ...this.levels.items.keys()]);
    const varying = [...namesOf(expr)].some((name) => scope.env.has(name) || along.has(name));
    if (!varying) {
      const object = expr.object;
      if (tableOf(element.base, scope) || object.kind !== 'name') {
        return this.draft.refuse(
          'unknown-type',
          'The loop reads one fixed place of a list of rows.',
          'Give that number a name before the loop.',
          expr.span,
        );
      }
      this.draft.flags.needsTrips = true;
      return scope.mask === null
        ? this.fixed(expr, scope)
        : this.draft.refuse('unsafe-lane', 'A fixed place is read under a test.', 'Read it before the loop.', expr.span);
    }
    return this.read(element, expr.span, scope);
  };

  private fixed(expr: Subscript, scope: Scope): Lane {
    if (expr.object.kind === 'name') this.loaded.add(expr.object.name);
    if (expr.object.kind === 'name' && this.stores.some((store) => store.name === (expr.object.kind === 'name' ? expr.object.name : ''))) {
      return this.draft.refuse(
        'carried-dependence',
        'One place of what the loop stores to is read in every trip.',
        'Read it before the loop.',
        expr.span,
      );
    }
    return uniform(expr, this.draft, scope);
  }

  /** All the numbers that an item name or a chain of subscripts stands for. */
  read(element: Element, span: Span, scope: Scope): Lane {
    const found = this.source(element, span, scope);
    if (found && element.places.some((place) => this.isComputed(place, scope))) return this.computed(element, found, span, scope);
    const before = this.draft.mark();
    const parts = found && this.slices(element.base, element.places, found.table, span, scope);
    if (found && this.picks && this.draft.no?.code === 'index-bounds') {
      // No slice holds what counts from the end or stands past it.
      this.draft.reset(before);
      return this.computed(element, found, span, scope);
    }
    if (!found || !parts || this.draft.stopped()) return found?.lane ?? this.draft.refuse('gather', '', '');
    return this.spread(found.lane, parts, element.places, span);
  }

  /** The slices that hold an element in all trips, with only the axes that it has; `array`: the whole of it. */
  raw(element: Element, span: Span, scope: Scope): { code: string; array: string; scalar: Lane['scalar'] } | null {
    const found = this.source(element, span, scope);
    const parts = found && this.slices(element.base, element.places, found.table, span, scope);
    if (!found || !parts) return null;
    const whole = parts.every((part) => part === ':');
    const { code, scalar } = found.lane;
    return { code: whole ? code : `${code}[${parts.join(', ')}]`, array: code, scalar };
  }

  /** The array behind an element; null after a refusal. */
  private source(element: Element, span: Span, scope: Scope): { lane: Lane; table: Table | null } | null {
    const { draft } = this;
    const { base, places } = element;
    const text = draft.cx.slice(scope.file, base.span);
    const no = (code: string, why: string, toDo: string): null => {
      draft.no ??= { code, why, toDo, span };
      return null;
    };
    const names = [...namesOf(base)];
    if (names.some((name) => scope.env.has(name) || (scope.written.has(name) && !this.stores.some((store) => store.name === name)))) {
      return no('not-numeric', 'The loop indexes something that changes from trip to trip.', 'Index data that the loop leaves alone.');
    }
    const key = placesKey(places, (expr) => (isSynthetic(expr) ? describeExpr(expr) : draft.cx.slice(scope.file, expr.span)));
    for (const store of this.stores.filter((one) => one.name === text)) {
      if (key === store.others && !store.done) continue;
      const why = `\`${store.name}\` is read where another trip of the same loop may have written it.`;
      return no('carried-dependence', why, 'Write the results to another array.');
    }
    const table = tableOf(base, scope);
    const kind = scope.kinds.of(base);
    const rank = table ? 2 : kind?.kind === 'array' ? kind.shape.length : kind?.kind === 'list' ? 1 : 0;
    if (rank === 0) return no('unknown-type', `It is not known what \`${text}\` holds.`, 'Use lists of rows of numbers or NumPy arrays.');
    if (rank !== places.length) return no('not-scalar', `\`${text}\` is not indexed down to one number.`, 'Index every axis.');
    this.loaded.add(text);
    if (table) {
      const lane = this.tables.get(table.name) ?? tableLane(table, draft);
      this.tables.set(table.name, lane);
      return { lane, table };
    }
    if (kind?.kind !== 'array' && kind?.kind !== 'list') return null;
    requireSequence(base, kind, draft, scope);
    return { lane: this.plain.arrayOf(text, kind), table };
  }

  private fresh(base: Expr, table: Table | null): ReturnType<typeof freshRows> {
    return table && base.kind === 'name' && this.stores.some((store) => store.name === base.name) ? freshRows(base.name, this.draft) : null;
  }

  /** The text of each index; null after a refusal. */
  private slices(base: Expr, places: readonly Place[], table: Table | null, span: Span, scope: Scope): string[] | null {
    const { draft } = this;
    const axes = places.flatMap((place) => ('axis' in place ? [place.axis] : []));
    if (new Set(axes).size !== axes.length) {
      draft.refuse('gather', 'Two indices of one array follow the same loop.', 'Use np.diagonal before the loop.', span);
      return null;
    }
    return places.map((place, position) => {
      if ('axis' in place) {
        const fresh = this.fresh(base, table);
        const size =
          (fresh ? (position === 0 ? `len(${table?.name ?? ''})` : `len(${table?.name ?? ''}[0])`) : this.levels.size(base, position)) ?? undefined;
        const length = (position === 0 ? fresh?.rows : fresh?.columns) ?? undefined;
        return (
          sliceText(base, position, place.axis, place.offset, draft, scope, {
            ...(size === undefined ? {} : { size }),
            ...(length ? { length } : {}),
          }) ?? ':'
        );
      }
      const fixed = literalInt(place.index);
      const other = lower(place.index, draft, scope);
      if (other.varying || !isWhole(other.scalar) || (table && (fixed === null || fixed < 0))) {
        draft.refuse('gather', 'An index changes in another way than the loops do.', 'Index each axis by a loop or by a plain number.', span);
        return null;
      }
      if (table && fixed !== null) draft.need(this.levels.size(base, position) ?? '', String(fixed + 1), 0);
      else draft.flags.needsTrips = true;
      return place.index.span.start.line === place.index.span.end.line && fixed !== null ? String(fixed) : other.code;
    }) as string[];
  }

  /** An index that changes in another way than along one loop, or that a test may keep inside. */
  private isComputed(place: Place, scope: Scope): boolean {
    if ('axis' in place) return this.picks && place.offset !== 0 && scope.mask !== null;
    return [...namesOf(place.index)].some((name) => scope.env.get(name)?.varying === true);
  }

  /** What is read at computed indices: turned around where they only wrap, else picked one by one. */
  private computed(element: Element, found: { lane: Lane; table: Table | null }, span: Span, scope: Scope): Lane {
    const { draft, levels } = this;
    const { base, places } = element;
    if (places.length === levels.axes.length) this.spansAll = true;
    const wraps = places.map((place) => this.wrapped(place));
    const whole = wraps.every((one, at) => one !== null && one.axis === levels.axes[at]) && wraps.length === levels.axes.length;
    if (whole) {
      const plain = wraps.flatMap((one) => (one ? [{ axis: one.axis, offset: 0 }] : []));
      const parts = this.slices(base, plain, found.table, span, scope);
      if (!parts) return found.lane;
      const code = parts.every((part) => part === ':') ? found.lane.code : `${found.lane.code}[${parts.join(', ')}]`;
      return rolled(
        { ...found.lane, code },
        wraps.map((one) => one?.offset ?? 0),
        draft,
      );
    }
    if (!this.picks)
      return draft.refuse('gather', 'An index changes in another way than the loops do.', 'Index each axis by a loop or by a plain number.', span);
    const indices = places.map((place): string => {
      const at = 'axis' in place ? this.shiftedIndex(place, scope) : lower(place.index, draft, scope);
      if (!isWhole(at.scalar)) draft.refuse('gather', 'An index is not a whole number.', 'Use int indices.', span);
      // Trips that the test leaves out read what is sure to be there.
      return at.varying && scope.mask !== null ? `${draft.np}.where(${scope.mask}, ${at.code}, 0)` : at.code;
    });
    // What is past the end fails as it does in the loop, but with other words: the loop says it.
    draft.flags.indexes = true;
    if (scope.mask === null) draft.flags.unsafe = true;
    draft.operations += 4;
    return { ...found.lane, code: `${found.lane.code}[${indices.join(', ')}]`, binds: binds.atom, unchanged: false, fresh: true, gathered: true };
  }

  private shiftedIndex({ axis, offset }: { axis: Axis; offset: number }, scope: Scope): Lane {
    const lane = scope.env.get(axis.name);
    if (!lane) return this.draft.refuse('gather', 'A row that has no number is read beside ones that have.', 'Use enumerate for both loops.');
    return offset === 0 ? lane : { ...lane, code: shifted(lane.code, offset) };
  }

  /** `(i + 1) % n` where `i` counts to `n`; also a plain `i`. */
  private wrapped(place: Place): { axis: Axis; offset: number } | null {
    if ('axis' in place) return place.offset === 0 && place.axis.startCode === '0' && place.axis.step === 1 ? place : null;
    const { index } = place;
    if (index.kind !== 'binary' || index.op !== '%') return null;
    const size = this.levels.linear(index.right);
    const turns = this.levels.along(index.left) ?? this.withoutTurn(index.left, size);
    const written = index.right.kind === 'attribute' ? describeExpr(index.right) : null;
    const same = turns !== null && (sameLinear(size, turns.axis.stop) || written === turns.axis.stopCode);
    const around = same && turns.axis.startCode === '0' && turns.axis.step === 1;
    return around ? turns : null;
  }

  /** `i - 1 + n` */
  private withoutTurn(expr: Expr, size: Linear | null): { axis: Axis; offset: number } | null {
    if (expr.kind !== 'binary' || (expr.op !== '+' && expr.op !== '-')) return null;
    if (expr.op === '+' && sameLinear(this.levels.linear(expr.right), size)) return this.levels.along(expr.left);
    const by = literalInt(expr.right);
    const turns = by === null ? null : this.withoutTurn(expr.left, size);
    return turns && by !== null ? { ...turns, offset: turns.offset + (expr.op === '+' ? by : -by) } : null;
  }

  /** Gives slices the shape that all values of the nest broadcast to. */
  private spread(lane: Lane, parts: readonly string[], places: readonly Place[], span: Span): Lane {
    const { draft, levels } = this;
    const along = places.flatMap((place) => ('axis' in place ? [levels.axes.indexOf(place.axis)] : []));
    const sorted = [...along].sort((a, b) => a - b);
    const turned = along.some((axis, index) => axis !== sorted[index]);
    const written = [...parts];
    const missing = levels.axes.length - 1 - (sorted[sorted.length - 1] ?? 0);
    if (turned && along.length !== levels.axes.length)
      return draft.refuse('gather', 'The axes of an array are indexed in another order than the loops.', 'Swap the loops.', span);
    for (let count = 0; count < missing; count += 1) written.push('None');
    const whole = written.every((part) => part === ':');
    let code = whole ? lane.code : `${lane.code}[${written.join(', ')}]`;
    if (turned) code = `${code}.T`;
    const partial = along.length < levels.axes.length;
    if (!partial) this.spansAll = true;
    if (partial && draft.nest?.full) code = `${draft.np}.broadcast_to(${code}, ${draft.nest.shape})`;
    return { ...lane, code, binds: binds.atom, unchanged: false, fresh: false };
  }

  /** `out[i][j] = e` in every trip of the nest. */
  store(target: Subscript, value: Lane, statement: Stmt, scope: Scope, sink: (sink: Sink) => void): void {
    const { draft, levels } = this;
    const element = levels.element(target);
    const base = element?.base;
    const store = this.stores.find((one) => base?.kind === 'name' && one.name === base.name);
    const axes = new Set(element?.places.flatMap((place) => ('axis' in place ? [place.axis] : [])));
    if (draft.stopped()) return;
    if (!element || base?.kind !== 'name' || !store || axes.size !== levels.axes.length) {
      const why = 'The loops store to places that do not follow their indices: several trips may write the same one.';
      draft.refuse('indirect-store', why, 'Store to out[i][j] of an array or of lists of numbers.', statement.span);
      return;
    }
    const { places } = element;
    const table = tableOf(base, scope);
    const kind = scope.kinds.of(base);
    if (!table && kind?.kind !== 'array') {
      draft.refuse('unknown-type', 'It is not known what the loops store to.', 'Store to an array or to lists of numbers.', statement.span);
      return;
    }
    if ((table ? 2 : kind?.kind === 'array' ? kind.shape.length : 0) !== places.length) {
      draft.refuse('not-scalar', `\`${base.name}\` is not indexed down to one place.`, 'Index every axis.', statement.span);
      return;
    }
    const parts = this.slices(base, places, table, statement.span, scope);
    if (parts === null) return;
    const order = places.flatMap((place) => ('axis' in place ? [levels.axes.indexOf(place.axis)] : []));
    const turned = order.some((axis, index) => axis !== index);
    if (turned) {
      draft.refuse('gather', 'The result is indexed in another order than the loops.', 'Swap the loops.', statement.span);
      return;
    }
    store.done = true;
    const shared = { key: `store:${base.name}`, value, mask: scope.mask, from: statement.span };
    if (!table) {
      const scalar = kind?.kind === 'array' ? kind.scalar : 'np.float64';
      if (kind?.kind === 'array') requireSequence(base, kind, draft, scope, false);
      if (!storable(scalar, value)) {
        draft.refuse('mixed-types', `\`${base.name}\` would round what is stored in it.`, 'Give the array the type of the values.', statement.span);
        return;
      }
      const code = parts.every((part) => part === ':') ? `${base.name}[:]` : `${base.name}[${parts.join(', ')}]`;
      sink({ ...shared, target: { kind: 'store', code, object: base.name, scalar, list: false } });
      return;
    }
    const fresh = this.fresh(base, table);
    if (!fresh) requireRows(table, draft);
    if (table.rows !== 'list') {
      draft.refuse('mixed-types', 'The loops store to rows that are tuples.', 'Store to a NumPy array, or to lists.', statement.span);
      return;
    }
    if (!fresh) draft.check(`len(set(map(id, ${table.name}))) == len(${table.name})`);
    const [rows = ':', columns = ':'] = parts;
    const over = rows === ':' ? table.name : `${table.name}[${rows}]`;
    const [row, items] = [draft.local('row'), draft.local('items')];
    const unit = draft.cx.indentUnit(draft.facts.file);
    const stored = (lane: Lane): string =>
      `for ${row}, ${items} in zip(${over}, ${wrap(lane, binds.atom)}.tolist()):\n${unit}${row}[${columns}] = ${items}`;
    sink({ ...shared, target: { kind: 'store', code: '', object: table.name, scalar: table.element, list: true, rows: stored } });
  }

  /** Rows that are stored to must be no rows that are read. */
  checkRows(): void {
    for (const store of this.stores) {
      for (const name of this.tablesRead) {
        if (name === store.name || freshRows(store.name, this.draft)) continue;
        this.draft.check(`set(map(id, ${store.name})).isdisjoint(map(id, ${name}))`);
      }
    }
  }
}

/** An array turned around its ends: what stands at `i` is what stood at `i + offset`. */
function rolled(lane: Lane, offsets: readonly number[], draft: Draft): Lane {
  const turned = offsets.flatMap((offset, axis) => (offset === 0 ? [] : [{ shift: -offset, axis }]));
  const [first, ...others] = turned;
  draft.operations += 1;
  if (!first) return { ...lane, unchanged: false };
  const tuple = (numbers: readonly number[]): string => (others.length === 0 ? String(numbers[0]) : `(${numbers.join(', ')})`);
  const [shifts, axes] = [tuple(turned.map(({ shift }) => shift)), tuple(turned.map(({ axis }) => axis))];
  const along = offsets.length === 1 ? '' : `, axis=${axes}`;
  return { ...lane, code: `${draft.np}.roll(${lane.code}, ${shifts}${along})`, binds: binds.atom, unchanged: false, fresh: true };
}

/** Equal for equal places. */
export function placesKey(places: readonly Place[], text: (expr: Expr) => string): string {
  return places.map((place) => ('axis' in place ? `${place.axis.name}${place.offset}` : `=${text(place.index)}`)).join();
}
