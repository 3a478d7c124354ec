import type { Expr, IndexSpace } from '../../types';
import { dottedName } from '../../syntax/python-loops';
import { eachExpr } from '../../syntax/python-walk';
import { grouped, shifted } from './bounds';
import { binds, lazyLane, type Draft, type Env, type Lane, type Records, type Scope } from './draft';
import { lower } from './expressions';
import { literalInt, plus, sameLinear, type Axis, type Kind, type Linear } from './kinds';
import { recordLane, recordsOf, rowsOf } from './records';
import { anyFloat, between } from './scalars';
import { requireSequence } from './type-tests';

export type { Axis } from './kinds';

/** How often the loop runs, and what its target names hold. */
export interface Trips {
  /** Python text of a test that is true when there is at least one trip; null: there always is. */
  some: string | null;
  /** Python text of how many there are. */
  count: string;
  most: number;
  length: Linear | null;
  axes: Axis[];
  /** The only thing that the loop runs over is a range: it can be cut into blocks. */
  range: Axis | null;
  /** Item lanes that are computed only when they are read. */
  lanes: Map<string, () => Lane>;
  /** Target names that stand for records. */
  records?: ReadonlyMap<string, Records>;
}

const readable = 'Loop over a range, a list of numbers or a NumPy array, or zip or enumerate of those.';

export function axisOf(space: IndexSpace & { kind: 'range' }, name: string, draft: Draft, scope: Scope): Axis | null {
  const step = space.step ? literalInt(space.step) : 1;
  if (step === null || step <= 0) {
    draft.refuse(
      'unsupported-loop',
      'The range runs backwards or by a step that is not a plain number.',
      'Count upwards by a literal step.',
      space.span,
    );
    return null;
  }
  const start = space.start ? lower(space.start, draft, scope) : null;
  const stop = lower(space.stop, draft, scope);
  // Only the upper end matters of a stop: below zero there are no trips.
  if (draft.bound !== null)
    draft.checks = draft.checks.map((check) =>
      check === `-${grouped(draft.bound ?? 0)} <= ${stop.code} <= ${grouped(draft.bound ?? 0)}`
        ? `${stop.code} <= ${grouped(draft.bound ?? 0)}`
        : check,
    );
  for (const bound of [start, stop]) {
    if (bound && bound.scalar !== 'int' && bound.scalar !== 'np.int64') {
      draft.refuse('unknown-type', 'The bounds of the range are not known to be ints.', 'Run the script so that this line is sampled.', space.span);
    }
    if (bound?.varying) draft.refuse('unsupported-loop', 'The bounds of the range change inside the loop.', readable, space.span);
  }
  return {
    name,
    startCode: start?.code ?? '0',
    stopCode: stop.code,
    start: space.start ? scope.kinds.linear(space.start) : { base: null, offset: 0 },
    stop: scope.kinds.linear(space.stop),
    startLo: start?.range.lo ?? 0,
    stopRange: stop.range,
    step,
  };
}

function arange(axis: Axis, draft: Draft, from: Expr | null): Lane {
  const start = axis.startCode === '0' && axis.step === 1 ? '' : `${axis.startCode}, `;
  const step = axis.step === 1 ? '' : `, ${axis.step}`;
  draft.prologue.push({ text: `${axis.name} = ${draft.np}.arange(${start}${axis.stopCode}${step}${draft.wide})`, from: from?.span ?? null });
  return indexLane(axis);
}
export function indexLane(axis: Axis): Lane {
  // More than 1e12 trips would take a day in Python: no loop that ends has them.
  const hi = Math.max(axis.startLo, Math.min(axis.stopRange.hi, 1e12) - 1);
  const lo = axis.startLo > -Infinity ? axis.startLo : -1e12;
  return { code: axis.name, binds: binds.atom, varying: true, scalar: 'int', range: between(lo, hi), unchanged: true, fresh: true };
}

const noTrips = (): Trips => ({ some: null, count: '0', most: 0, length: null, axes: [], range: null, lanes: new Map() });

/** Reads the index space. Refusals are left in the draft. `reads`: names that the body reads. */
export function tripsOf(space: IndexSpace, target: Expr, draft: Draft, scope: Scope, rename: (name: string) => string, blocks: boolean): Trips {
  switch (space.kind) {
    case 'range': {
      if (target.kind !== 'name') break;
      const axis = axisOf(space, rename(target.name), draft, scope);
      if (!axis) return noTrips();
      const lane = once(draft, () => (blocks ? indexLane(axis) : arange(axis, draft, null)));
      const least =
        axis.start?.base === null && axis.stop?.base === null ? axis.stop.offset - axis.start.offset : axis.stopRange.lo - Math.max(0, axis.startLo);
      const from = axis.startCode === '0' ? '' : `${axis.startCode}, `;
      const steps = axis.step === 1 ? '' : `, ${axis.step}`;
      const plain = axis.step === 1 && axis.startCode === '0' && axis.stopRange.lo >= 0;
      return {
        some:
          least >= 1 && axis.start?.base === null ? null : axis.startCode === '0' ? `${axis.stopCode} > 0` : `${axis.startCode} < ${axis.stopCode}`,
        count: plain
          ? axis.stopCode
          : steps === '' && axis.startCode === '0'
            ? `max(${axis.stopCode}, 0)`
            : `len(range(${from || '0, '}${axis.stopCode}${steps}))`,
        most: Math.min(1e12, Math.max(0, (axis.stopRange.hi - axis.startLo) / axis.step)),
        length: axis.step === 1 && axis.start?.base === null && axis.start.offset === 0 && axis.stopRange.lo >= 0 ? axis.stop : null,
        axes: [{ ...axis, name: target.name }],
        range: axis,
        lanes: new Map([[target.name, lane]]),
      };
    }
    case 'sequence':
      return sequenceTrips(space.value, target, draft, scope, rename);
    case 'enumerate': {
      const items = target.kind === 'collection' ? target.items : [];
      const [index, item] = items;
      const start = space.start ? literalInt(space.start) : 0;
      if (index?.kind !== 'name' || !item || items.length !== 2 || start === null || space.of.kind === 'enumerate') break;
      const inner = tripsOf(space.of, item, draft, scope, rename, false);
      const counted: Axis = {
        name: rename(index.name),
        startCode: String(start),
        stopCode: start === 0 ? inner.count : shifted(inner.count, start),
        start: { base: null, offset: start },
        stop: plus(inner.length, start),
        startLo: start,
        stopRange: between(start, 1e12),
        step: 1,
      };
      const lanes = new Map(inner.lanes);
      lanes.set(
        index.name,
        once(draft, () => arange(counted, draft, null)),
      );
      return { ...inner, axes: [...inner.axes, { ...counted, name: index.name }], range: null, lanes };
    }
    case 'rows':
      return rowTrips(space, target, draft, scope);
    case 'zip':
      return zipTrips(space, target, draft, scope, rename);
    default:
      break;
  }
  draft.refuse('unsupported-loop', 'What the loop runs over has no array form here.', readable, space.span);
  return noTrips();
}

function once(draft: Draft, make: () => Lane): () => Lane {
  let lane: Lane | null = null;
  return () => (lane ??= draft.input(make));
}

function sequenceTrips(value: Expr, target: Expr, draft: Draft, scope: Scope, rename: (name: string) => string): Trips {
  const columns = target.kind === 'name' ? null : columnTrips(value, target, draft, scope, rename);
  if (columns) return columns;
  if (target.kind !== 'name') {
    draft.refuse(
      'not-numeric',
      'Each item of the loop is a tuple or row, not one number.',
      'Keep each column in a list or array of its own and use zip.',
      value.span,
    );
    return noTrips();
  }
  const { name } = target;
  const written = dottedName(value);
  const records = written === null ? null : recordsOf(written, scope.kinds.facts.values[written], name);
  if (records && written !== null) return recordTrips(records, name, `len(${written})`, written, scope.kinds.length(value));
  const kind = scope.kinds.of(value);
  const text = draft.cx.slice(scope.file, value.span);
  if (value.span.start.line !== value.span.end.line || !usable(kind)) {
    const seen = kind?.kind === 'array' ? 'an array of several axes' : kind ? 'not a sequence of numbers' : null;
    draft.refuse(
      kind ? 'not-numeric' : 'unknown-type',
      seen
        ? `\`${text}\` is ${seen}.`
        : `It is not known what \`${text}\` holds: only lists of int, float or bool and NumPy arrays can be computed at once.`,
      readable,
      value.span,
    );
    return noTrips();
  }
  requireSequence(value, kind, draft, scope);
  const plain = /^\w+$/.test(text);
  const length = scope.kinds.length(value);
  if (kind.kind === 'list') {
    const given = rename(name);
    const lane = once(draft, (): Lane => {
      const code = given === name || !plain ? given : draft.fresh(`${text}_array`);
      draft.prologue.push({ text: `${code} = ${draft.np}.asarray(${text})`, from: null, converts: text, tested: !kind.proven });
      return listLane(code, kind, draft);
    });
    draft.listInputs += 1;
    const base = { some: text, count: `len(${text})`, most: 1e11, length, axes: [], range: null };
    if (length?.base === null && length.offset > 0) return { ...base, some: null, most: length.offset, lanes: new Map([[name, lane]]) };
    return { ...base, lanes: new Map([[name, lane]]) };
  }
  const lane = once(draft, (): Lane => {
    let code = text;
    if (!plain && value.kind !== 'attribute') {
      code = rename(name);
      draft.prologue.push({ text: `${code} = ${text}`, from: null });
    }
    return { code, binds: binds.atom, varying: true, scalar: kind.scalar, range: kind.range, unchanged: code === name, fresh: false };
  });
  const code = plain || value.kind === 'attribute' ? text : null;
  if (code === null) lane();
  const shown = code ?? lane().code;
  const known = length?.base === null && length.offset > 0;
  return {
    some: known ? null : `len(${shown})`,
    count: `len(${shown})`,
    most: known ? length.offset : 1e11,
    length,
    axes: [],
    range: null,
    lanes: new Map([[name, lane]]),
  };
}

const recordTrips = (records: Records, name: string, count: string, some: string, length: Linear | null): Trips => ({
  some, count, most: 1e11, length, axes: [], range: null, lanes: new Map(), records: new Map([[name, records]]),
}); // prettier-ignore

/** The rows of a data frame. Labels have an array where they count from 0. */
function rowTrips(space: IndexSpace & { kind: 'rows' }, target: Expr, draft: Draft, scope: Scope): Trips {
  const items = target.kind === 'collection' && space.by === 'iterrows' ? target.items : [target];
  const row = items[items.length - 1];
  const label = items.length === 2 ? items[0] : undefined;
  const name = dottedName(space.frame) ?? '';
  const fact = scope.kinds.facts.evidence?.values[name] ?? scope.kinds.facts.values[name];
  const records = row?.kind === 'name' ? rowsOf(space, fact, row.name) : null;
  if (!records || row?.kind !== 'name' || (space.by === 'iterrows') !== (label?.kind === 'name')) {
    draft.refuse(
      'unknown-type',
      'It was not seen what the columns of the frame hold, or they are of types that have no array form here.',
      readable,
      space.span,
    );
    return noTrips();
  }
  const count = `len(${name})`;
  const trips = recordTrips(records, row.name, count, count, null);
  if (label?.kind !== 'name' || fact?.counted !== true) return trips;
  const axis: Axis = {
    name: label.name, startCode: '0', stopCode: count, start: { base: null, offset: 0 }, stop: { base: count, offset: 0 }, startLo: 0,
    stopRange: between(0, 1e12), step: 1,
  }; // prettier-ignore
  trips.lanes.set(
    label.name,
    once(draft, () => {
      draft.assume(`the labels of \`${name}\` count from 0, as they did in this run`);
      return arange(axis, draft, null);
    }),
  );
  return { ...trips, axes: [axis] };
}

/**
 * `for x, y in points` over a list of tuples or lists of floats: one column for each name. Other rows, and no rows at all, are left to the loop.
 */
function columnTrips(value: Expr, target: Expr, draft: Draft, scope: Scope, rename: (name: string) => string): Trips | null {
  const names = target.kind === 'collection' ? target.items.flatMap((item) => (item.kind === 'name' ? [item.name] : [])) : [];
  if (target.kind !== 'collection' || value.kind !== 'name' || names.length < 2 || new Set(names).size !== target.items.length) return null;
  const text = value.name;
  const seen = scope.kinds.facts.values[text];
  const rows = (seen?.type === 'list' || seen?.type === 'tuple') && (seen.elements ?? []).every((type) => type === 'tuple' || type === 'list');
  if (!rows || (seen.elements ?? []).length === 0) return null;
  const containers = [...new Set(seen.elements)].sort();
  const rowTypes = containers.length === 1 ? `== {${containers[0] ?? ''}}` : `<= {${containers.join(', ')}}`;
  draft.requireType({ holds: seen.type === 'tuple' ? 'tuple' : 'list', text, items: null });
  draft.check(`set(map(type, ${text})) ${rowTypes}`);
  draft.check(`set(map(len, ${text})) == {${names.length}}`);
  draft.check(`{type(item) for row in ${text} for item in row} == {float}`);
  draft.listInputs += 2 * names.length;
  const given = names.map(rename);
  // Not marked as a conversion: an outer loop might change the rows without touching the list, so it is made anew each time.
  draft.prologue.push({ text: `${given.join(', ')} = ${draft.np}.asarray(${text}).T`, from: null, tested: true });
  const lanes = names.map((name, index): [string, () => Lane] => {
    const code = given[index] ?? name;
    const lane: Lane = { code, binds: binds.atom, varying: true, scalar: 'float', range: anyFloat, unchanged: code === name, fresh: true };
    return [name, () => lane];
  });
  return { some: null, count: `len(${text})`, most: 1e11, length: scope.kinds.length(value), axes: [], range: null, lanes: new Map(lanes) };
}

export function usable(kind: Kind | null): kind is Kind & { kind: 'list' | 'array' } {
  return kind?.kind === 'list' || (kind?.kind === 'array' && kind.shape.length === 1);
}

/** A list as an array. Ints that are not proven to fit in 64 bits are checked at run time when the draft has a bound. */
export function listLane(code: string, kind: Kind & { kind: 'list' }, draft: Draft): Lane {
  let { range } = kind;
  if (kind.element === 'int' && !(range.lo >= -9.2e18 && range.hi <= 9.2e18)) {
    if (draft.bound === null) draft.flags.overflow = true;
    else {
      const limit = grouped(draft.bound);
      draft.check(`${code}.dtype == ${draft.np}.int64`);
      const initial = kind.proven ? 'initial=0' : '';
      draft.check(`-${limit} <= ${code}.min(${initial})`);
      draft.check(`${code}.max(${initial}) <= ${limit}`);
      range = between(Math.max(range.lo, -draft.bound), Math.min(range.hi, draft.bound));
    }
  }
  // The test of the items' types reads them once more, which costs what the conversion does.
  if (!kind.proven) draft.listInputs += 1;
  if (kind.element === 'mixed') {
    // Nothing but floats would come out of ints beyond 64 bits or of no floats at all.
    draft.check(`${code}.dtype == ${draft.np}.float64`);
    draft.assume('ints among the floats are small enough to be exact as floats, as they were in this run');
  }
  return { code, binds: binds.atom, varying: true, scalar: kind.element, range, unchanged: false, fresh: true };
}

function zipTrips(space: IndexSpace & { kind: 'zip' }, target: Expr, draft: Draft, scope: Scope, rename: (name: string) => string): Trips {
  const items = target.kind === 'collection' ? target.items : [];
  if (items.length !== space.parts.length || items.length === 0) {
    draft.refuse('unsupported-loop', 'The items of zip are not unpacked one by one.', 'Name each item of the zip.', space.span);
    return noTrips();
  }
  const trips = space.parts.map((part, index) => {
    const item = items[index];
    return item ? tripsOf(part, item, draft, scope, rename, false) : noTrips();
  });
  const [first, ...others] = trips;
  if (!first || draft.stopped()) return noTrips();
  const same = others.every((other) => sameLinear(first.length, other.length));
  const lanes = new Map(trips.flatMap((one) => [...one.lanes]));
  const records = new Map(trips.flatMap((one) => [...(one.records ?? [])]));
  const merged = { ...first, axes: trips.flatMap((one) => one.axes), range: null, lanes, records };
  if (same) return merged;
  if (space.parts.some((part) => part.kind !== 'sequence')) {
    draft.refuse('unsupported-loop', 'The parts of zip may differ in length and are not all lists or arrays.', readable, space.span);
    return noTrips();
  }
  // zip stops at the shortest; where the lengths differ the loop runs as it was.
  const counts = trips.map((one) => one.count);
  draft.check(counts.join(' == '));
  return merged;
}

/** Names that an expression reads. */
export function namesOf(expr: Expr): Set<string> {
  const names = new Set<string>();
  for (const inner of eachExpr(expr)) if (inner.kind === 'name') names.add(inner.name);
  return names;
}

/** Puts the lanes of the loop's targets into the environment. */
export function bindTargets(trips: Trips, env: Env): void {
  for (const [name, lane] of trips.lanes) env.set(name, lazyLane(lane));
  for (const [name, records] of trips.records ?? []) env.set(name, recordLane(records));
}
