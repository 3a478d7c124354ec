import type { Expr, IndexSpace, ValueFact } from '../../types';
import { isSynthetic } from '../../syntax/python-reading';
import { dottedName } from '../../syntax/python-loops';
import { grouped } from './bounds';
import { binds, wrap, type Draft, type Lane, type Records, type Scope } from './draft';
import { anyFloat, between, fullInt64, truth, type Range, type Scalar } from './scalars';

/** Attributes of a row as a series that are no columns. */
const OF_SERIES =
  /^(name|index|values|size|shape|T|dtype|dtypes|ndim|empty|array|at|iat|loc|iloc|str|dt|cat|sparse|plot|nbytes|hasnans|is_\w+|attrs|flags|axes)$/;
const NUMBERS = /^(u?int|float)\d+$/;
const TEXT = /^(object|str|string|category)$/;

export const isSeriesAttribute = (name: string): boolean => OF_SERIES.test(name);

const isText = (expr: Expr): expr is Expr & { kind: 'string' } => expr.kind === 'string';

/** The lane of a name that stands for a record. It has no code of its own: only its fields do. */
export function recordLane(records: Records): Lane {
  return { code: 'None', binds: binds.atom, varying: true, scalar: 'float', range: anyFloat, unchanged: false, fresh: false, records };
}

/** The fields of what a name holds, where all its items have the same ones. */
export function recordsOf(name: string, fact: ValueFact | undefined, item: string): Records | null {
  const { fields } = fact ?? {};
  const [element, ...others] = fact?.elements ?? [];
  if (!fields || (fact?.type !== 'list' && fact?.type !== 'tuple') || element === undefined || others.length > 0) return null;
  return { source: name, kind: element === 'dict' ? 'dicts' : 'objects', fields, item, arrays: new Map(), masks: [] };
}

/** The rows of a data frame. A row as a series holds all its numbers in one type; with anything but numbers in it, it holds Python's own objects. */
export function rowsOf(space: IndexSpace & { kind: 'rows' }, fact: ValueFact | undefined, item: string): Records | null {
  const { fields } = fact ?? {};
  const source = dottedName(space.frame);
  if (!fields || source === null || Object.keys(fields).length === 0) return null;
  const types = Object.values(fields).flat();
  const numbers = types.every((type) => NUMBERS.test(type));
  const one = new Set(types).size === 1;
  if (space.by === 'itertuples' || !(numbers || (one && types[0] === 'bool')))
    return { source, kind: 'python rows', fields, item, arrays: new Map(), masks: [], series: space.by !== 'itertuples' };
  if (types.some((type) => type !== 'float64' && type !== 'int64' && type !== 'bool')) return null;
  return { source, kind: 'value rows', fields, item, arrays: new Map(), masks: [], series: true };
}

/** `row['price']` or `row.price`; null: the expression is no field of a record. */
export function fieldOf(expr: Expr, scope: Scope): { records: Records; field: string } | null {
  if ((expr.kind !== 'subscript' && expr.kind !== 'attribute') || expr.object.kind !== 'name') return null;
  const records = scope.env.get(expr.object.name)?.records;
  if (!records) return null;
  if (expr.kind === 'attribute')
    return records.kind === 'dicts' || records.kind === 'cells' || (records.series === true && OF_SERIES.test(expr.attribute))
      ? null
      : { records, field: expr.attribute };
  const plain = isText(expr.index) ? /^(['"])([^'"\\]*)\1$/.exec(expr.index.text)?.[2] : undefined;
  return plain === undefined || records.kind === 'objects' ? null : { records, field: plain };
}

/** The stores of a loop to one column of the frame that the records are cells of. */
export const storesOf = ({ stores, source }: Records, field: string): { done: boolean }[] =>
  (stores ?? []).filter((store) => store.name === source && store.others.slice(1, -1) === field);

/** What a field holds in all trips, as an array; undefined: the expression is no field. */
export function fieldLane(expr: Expr, draft: Draft, scope: Scope): Lane | undefined {
  const found = fieldOf(expr, scope);
  if (!found) return undefined;
  const { records, field } = found;
  if (storesOf(records, field).some((store) => store.done)) {
    const why = `The column \`${field}\` is read after the trip has stored to it.`;
    return draft.refuse('carried-dependence', why, 'Give the value a name before it is stored.', expr.span);
  }
  draft.flags.rewrote = true;
  const known = records.arrays.get(field);
  const lane = known ?? draft.input(() => gathered(records, field, expr, draft, scope));
  if (draft.stopped()) return lane;
  records.arrays.set(field, lane);
  if (records.masks.length === 0) return lane;
  const code = lane.code + records.masks.map((mask) => `[${mask}]`).join('');
  return { ...lane, code, fresh: true };
}

/** The scalar that a trip has of a field; null where no array stands for it. */
function scalarOfField(records: Records, field: string): Scalar | null {
  const [type, ...others] = records.fields[field] ?? [];
  if (type === undefined || others.length > 0) return null;
  if (records.kind === 'dicts' || records.kind === 'objects') return type === 'float' || type === 'int' ? type : null;
  if (records.kind === 'python rows') return type === 'float64' ? 'float' : type === 'int64' ? 'int' : type === 'bool' ? 'bool' : null;
  if (type === 'bool') return 'np.bool';
  if (records.kind === 'cells') return type === 'float64' ? 'np.float64' : type === 'int64' ? 'np.int64' : null;
  return Object.values(records.fields).flat().includes('float64') ? 'np.float64' : 'np.int64';
}

function gathered(records: Records, field: string, expr: Expr, draft: Draft, scope: Scope): Lane {
  const scalar = scalarOfField(records, field);
  if (scalar === null) {
    const why = `It is not known that \`${field}\` of \`${records.source}\` is one kind of number.`;
    return draft.refuse('unknown-type', why, 'Keep numbers of one type in it.', expr.span);
  }
  const name = draft.local(identifier(field, records.item));
  const written = draft.cx.slice(scope.file, expr.span);
  const { np } = draft;
  const whole = scalar === 'int' || scalar === 'np.int64';
  let range: Range = scalar === 'bool' || scalar === 'np.bool' ? truth : whole ? fullInt64 : anyFloat;
  if (records.kind === 'dicts' || records.kind === 'objects') {
    const read = isText(indexOf(expr)) ? `${records.item}[${draft.cx.slice(scope.file, indexOf(expr).span)}]` : `${records.item}.${field}`;
    draft.prologue.push({ text: `${name} = ${np}.array([${read} for ${records.item} in ${records.source}])`, from: null, gathers: records.source });
    draft.check(`${name}.dtype == ${np}.${whole ? 'int64' : 'float64'}`);
    draft.assume(`\`${field}\` is ${whole ? 'an int' : 'a float'} in every item of \`${records.source}\`, as it was in this run`);
    draft.listInputs += 3;
  } else if (records.kind === 'cells') {
    const column = `${records.source}[${columnText(expr, draft, scope)}]`;
    // What the loop stores must not change what it read.
    const own = storesOf(records, field).length > 0 ? 'copy=True' : '';
    draft.prologue.push({ text: `${name} = ${column}.to_numpy(${own})`, from: null, late: true });
    draft.check(`${column}.dtype == ${np}.${records.fields[field]?.[0] === 'bool' ? 'bool_' : (records.fields[field]?.[0] ?? '')}`);
  } else {
    const turned = scalar === 'np.float64' && records.fields[field]?.[0] === 'int64' ? 'float' : '';
    const column = columnText(expr, draft, scope);
    draft.prologue.push({ text: `${name} = ${records.source}[${column}].to_numpy(${turned})`, from: null });
    draft.assume(`the columns of \`${records.source}\` have the types that they had in this run`);
  }
  if (scalar === 'int') range = boundedInts(name, draft);
  return { code: name, binds: binds.atom, varying: true, scalar, range, unchanged: written === name, fresh: true };
}

/** How the source writes the name of a column. */
function columnText(expr: Expr, draft: Draft, scope: Scope): string {
  if (expr.kind === 'attribute') return `"${expr.attribute}"`;
  const index = indexOf(expr);
  return isText(index) && isSynthetic(index) ? index.text : draft.cx.slice(scope.file, index.span);
}

/** Python's own ints as an array of 64 bits: where computing with them may need more, a bound is checked at run time. */
function boundedInts(name: string, draft: Draft): Range {
  if (draft.bound === null) return fullInt64;
  const limit = grouped(draft.bound);
  draft.check(`-${limit} <= ${name}.min(initial=0)`);
  draft.check(`${name}.max(initial=0) <= ${limit}`);
  return between(-draft.bound, draft.bound);
}

const indexOf = (expr: Expr): Expr => (expr.kind === 'subscript' ? expr.index : expr);

function identifier(field: string, item: string): string {
  const plain = field.replace(/\W+/g, '_').replace(/^_+|_+$/g, '');
  return /^[A-Za-z_]\w*$/.test(plain) ? plain : `${item}_values`;
}

/** `row['kind'] == 'x'` and `row['kind'] in ('x', 'y')` on a field of text; undefined: it is no such test. */
export function textTest(expr: Expr & { kind: 'compare' }, draft: Draft, scope: Scope): Lane | undefined {
  const [part, ...more] = expr.rest;
  const found = fieldOf(expr.first, scope);
  if (!part || more.length > 0 || !found) return undefined;
  const { records, field } = found;
  const [type, ...others] = records.fields[field] ?? [];
  const frame = records.kind === 'value rows' || records.kind === 'python rows' || records.kind === 'cells';
  if (type === undefined || others.length > 0 || !(frame ? TEXT.test(type) : type === 'str')) return undefined;
  const single = part.op === '==' || part.op === '!=';
  if (!single && part.op !== 'in' && part.op !== 'not in') return undefined;
  if (single ? !isUniformText(part.right, scope) : !isTextSet(part.right)) return undefined;
  const right = draft.cx.slice(scope.file, part.right.span);
  if (part.right.span.start.line !== part.right.span.end.line) return undefined;
  draft.flags.rewrote = true;
  draft.operations += 10;
  if (frame) draft.assume(`the columns of \`${records.source}\` have the types that they had in this run`);
  const column = `${records.source}[${columnText(expr.first, draft, scope)}]`;
  const test = frame
    ? single
      ? `(${column} ${part.op} ${right}).to_numpy()`
      : `${part.op === 'not in' ? '~' : ''}${column}.isin(${right.startsWith('{') ? `[${right.slice(1, -1)}]` : right}).to_numpy()`
    : `${draft.np}.array([${itemText(expr.first, records, draft, scope)} ${part.op} ${right} for ${records.item} in ${records.source}], dtype=bool)`;
  const key = `${field} ${part.op} ${right}`;
  const gather = (): Lane => {
    const name = draft.local(`is_${identifier(single ? right : field, records.item).toLowerCase()}`);
    draft.prologue.push({ text: `${name} = ${test}`, from: null, ...(frame ? {} : { gathers: records.source }) });
    return { code: name, binds: binds.atom, varying: true, scalar: 'bool', range: truth, unchanged: false, fresh: true };
  };
  const lane = records.arrays.get(key) ?? draft.input(gather);
  records.arrays.set(key, lane);
  return records.masks.length === 0 ? lane : { ...lane, code: wrap(lane, binds.atom) + records.masks.map((mask) => `[${mask}]`).join('') };
}

const itemText = (expr: Expr, records: Records, draft: Draft, scope: Scope): string =>
  expr.kind === 'subscript'
    ? `${records.item}[${draft.cx.slice(scope.file, expr.index.span)}]`
    : `${records.item}.${expr.kind === 'attribute' ? expr.attribute : ''}`;

const isTextSet = (expr: Expr): boolean => expr.kind === 'collection' && expr.items.length > 0 && expr.items.every(isText);

/** Text that is the same in every trip. */
function isUniformText(expr: Expr, scope: Scope): boolean {
  if (isText(expr)) return true;
  if (expr.kind !== 'name' || scope.env.has(expr.name) || scope.written.has(expr.name)) return false;
  const [only, ...others] = scope.kinds.definitions(expr.name);
  if (only?.kind === 'value' && others.length === 0) return isText(only.value);
  return scope.kinds.facts.values[expr.name]?.type === 'str';
}
