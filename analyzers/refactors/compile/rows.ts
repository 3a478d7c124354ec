/** How lists of tuples and of objects get into a kernel: what is asked of their items, and the array of records that is made of them. */
import type { Range } from './intervals';
import type { RecordField } from './inferred';
import type { Kernel } from './kernel';
import type { Kind, RecordKind, ScalarKind } from './kinds';

export interface Crossing {
  /** What every item has to be. */
  condition: string;
  /** The array that the kernel gets. */
  array: string;
}

/** Text of numbers as the generated code writes them. */
export interface Wording {
  np: string;
  /** A name that is not taken. */
  fresh: (base: string) => string;
  power: (bound: number) => string;
}

type Tuple = Kind & { kind: 'tuple' };

const LETTERS = { int: 'i8', float: 'f8', bool: '?', complex: 'c16' };
const within = (what: string, bound: Range, { power }: Wording): string =>
  bound.lo < 0 ? `abs(${what}) <= ${power(bound.hi)}` : `0 <= ${what} <= ${power(bound.hi)}`;

/** Rows of one length, each place with a type of its own. */
export function tupleRows(name: string, { items }: Tuple, rows: 'tuple' | 'list', bound: Range | null, wording: Wording): Crossing {
  const row = wording.fresh('row');
  const kinds = items as ScalarKind[];
  const ints = kinds.flatMap(({ kind }, at) => (kind === 'int' && bound !== null ? [within(`${row}[${at}]`, bound, wording)] : []));
  const types = `[${kinds.map(({ kind }) => kind).join(', ')}]`;
  const listed = rows === 'list' ? `list(map(tuple, ${name}))` : name;
  return {
    condition: `all(${[`type(${row}) is ${rows}`, `list(map(type, ${row})) == ${types}`, ...ints].join(' and ')} for ${row} in ${name})`,
    array: `${wording.np}.array(${listed}, dtype="${kinds.map(({ kind }) => LETTERS[kind]).join(',')}")`,
  };
}

/** Rows of several lengths: an array of all their items, and one of where each row ends. */
export function partRows(name: string, item: ScalarKind, bound: Range | null, { np, fresh, power }: Wording): Crossing & { ends: string } {
  const [row, value] = [fresh('row'), fresh('item')];
  const ints =
    item.kind === 'int' && bound !== null ? [`${power(bound.lo)} <= min(${row}, default=0)`, `max(${row}, default=0) <= ${power(bound.hi)}`] : [];
  const dtype = { int: 'int64', float: 'float64', bool: 'bool_', complex: 'complex128' }[item.kind];
  return {
    condition: `all(${[`type(${row}) is list`, `set(map(type, ${row})) <= {${item.kind}}`, ...ints].join(' and ')} for ${row} in ${name})`,
    array: `${np}.array([${value} for ${row} in ${name} for ${value} in ${row}], dtype=${np}.${dtype})`,
    ends: `${np}.array([0, *map(len, ${name})], dtype=${np}.int64).cumsum()`,
  };
}

/** How a kernel makes the list of rows again. */
export function partList(items: string, ends: string, fresh: (base: string) => string): string {
  const [start, end] = [fresh('start'), fresh('end')];
  return `[${items}[${start}:${end}] for ${start}, ${end} in zip(${ends}[:-1], ${ends}[1:])]`;
}

/** How a kernel makes the list of tuples again. */
export function tupleList({ items }: Tuple, array: string, fresh: (base: string) => string): string {
  const row = fresh('row');
  return `[(${items.map((_, at) => `${row}.f${at}`).join(', ')}) for ${row} in ${array}]`;
}

/** Objects of one class, or dicts with the same keys, by those of their fields that the kernel needs. */
export function recordRows(
  name: string,
  { id, type }: RecordKind,
  fields: readonly RecordField[],
  bounds: Kernel['bounds'],
  wording: Wording,
): Crossing {
  const item = wording.fresh('item');
  const read = (field: string): string => (type === null ? `${item}["${field}"]` : `${item}.${field}`);
  const asked = (field: string): string => (type === null ? `${item}.get("${field}")` : read(field));
  const types = ['float', 'int', 'bool'].flatMap((one) => {
    const own = fields.filter(({ kind }) => kind.kind === one);
    const ints = own.flatMap((field) => {
      const bound = one === 'int' ? bounds.get(`${id}.${field.name}`) : undefined;
      return bound ? [within(read(field.name), bound, wording)] : [];
    });
    return own.length === 0 ? [] : [`${own.map((field) => `type(${asked(field.name)})`).join(' is ')} is ${one}`, ...ints];
  });
  const made = fields.map((field) => read(field.name)).join(', ');
  const dtype = fields.map((field) => `("${field.name}", "${LETTERS[field.kind.kind]}")`).join(', ');
  return {
    condition: `all(${[`type(${item}) is ${type ?? 'dict'}`, ...types].join(' and ')} for ${item} in ${name})`,
    array: `${wording.np}.array([(${made}${fields.length === 1 ? ',' : ''}) for ${item} in ${name}], dtype=[${dtype}])`,
  };
}

/** Lines that give the objects what the kernel left in their records. A tab stands for one level. */
export function handedBack(name: string, array: string, { type }: RecordKind, fields: readonly RecordField[], fresh: Wording['fresh']): string[] {
  const written = fields.filter((field) => field.written).map((field) => field.name);
  const [item, values] = [fresh('item'), fresh('values')];
  const target = (field: string): string => (type === null ? `${item}["${field}"]` : `${item}.${field}`);
  const columns = written.length === 1 ? `"${written[0] ?? ''}"` : `[${written.map((field) => `"${field}"`).join(', ')}]`;
  return [`for ${item}, ${values} in zip(${name}, ${array}[${columns}].tolist()):`, `\t${written.map(target).join(', ')} = ${values}`];
}
