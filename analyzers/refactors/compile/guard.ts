/** What a kernel is called with: the conditions under which it may be, the conversions before and what is handed back after. */
import { isScalar, type Kind, type ScalarKind } from './kinds';
import { isField } from './lowering';
import { SHARED, type GeneratorNames } from './random';
import type { Range } from './intervals';
import type { Kernel, KernelParam } from './kernel';
import { handedBack, partList, partRows, recordRows, tupleList, tupleRows, type Crossing, type Wording } from './rows';

export interface CallText {
  /** All have to hold; the cheap ones first. */
  conditions: string[];
  /** Statements before the call. */
  before: string[];
  args: string[];
  /** Statements after the call. */
  after: string[];
  /** By name: what the kernel calls its parameters where it makes something else of them first, and what it makes. */
  renamed: Map<string, string>;
  opening: Map<string, string>;
  usesNumpy: boolean;
  /** Python's generators go on in NumPy's. */
  generators: GeneratorNames | null;
}

/** @param np how NumPy is written in this file. @param fresh a name that is not taken. @param random how the module `random` is written. */
export function callText(kernel: Kernel, np: string, fresh: (base: string) => string, random: string): CallText {
  const text: CallText = {
    conditions: [],
    before: [],
    args: [],
    after: [],
    renamed: new Map(),
    opening: new Map(),
    usesNumpy: false,
    generators: null,
  };
  // After an error the original starts again, from what was there before the kernel.
  const again = kernel.raises.length > 0;
  const ints: string[] = [];
  const types = new Map<string, string[]>();
  const late: string[] = [];
  for (const param of kernel.params) {
    const { name, start } = param;
    const { kind } = start;
    const bound = kernel.bounds.get(name) ?? null;
    const numpy = (): string => {
      text.usesNumpy = true;
      return np;
    };
    if (isScalar(kind)) {
      text.args.push(name);
      if (start.proven) continue;
      const type = kind.numpy === 'no' ? kind.kind : `${numpy()}.${kind.kind === 'float' ? 'float64' : kind.kind === 'int' ? 'int64' : 'bool_'}`;
      types.set(type, [...(types.get(type) ?? []), name]);
      if (kind.kind === 'int') ints.push(name);
    } else if (kind.kind === 'array') {
      types.set(`${numpy()}.ndarray`, [...(types.get(`${numpy()}.ndarray`) ?? []), name]);
      late.push(`${name}.dtype == ${np}.${kind.of === 'bool' ? 'bool_' : kind.of}`, `${name}.ndim == ${kind.axes}`);
      if (kind.of === 'int64' && bound !== null)
        late.push(`${power(bound.lo)} <= ${name}.min(initial=0)`, `${name}.max(initial=0) <= ${power(bound.hi)}`);
      if (again && param.changed) {
        const copy = fresh(`${plainName(name)}_copy`);
        text.before.push(`${copy} = ${name}.copy()`);
        text.after.push(`${name}[...] = ${copy}`);
        text.args.push(copy);
      } else text.args.push(name);
      if (param.changed) late.push(`${name}.flags.writeable`);
    } else if (kind.kind === 'generator') {
      const source = name === SHARED ? random : name;
      if (name !== SHARED) types.set(kind.of === 'numpy' ? `${numpy()}.random.Generator` : `${random}.Random`, [name]);
      const generator = kind.of === 'numpy' && !again ? name : fresh(name === SHARED ? 'generator' : `${plainName(name)}_generator`);
      if (kind.of === 'python') {
        text.generators ??= { like: fresh('_generator_like'), advance: fresh('_advance') };
        text.before.push(`${generator} = ${text.generators.like}(${source})`);
        text.after.push(`${text.generators.advance}(${source}, ${generator})`);
      } else if (again) {
        // The original starts again from the state that the kernel found.
        text.before.push(`${generator} = ${np}.random.Generator(type(${name}.bit_generator)())`);
        text.before.push(`${generator}.bit_generator.state = ${name}.bit_generator.state`);
        text.after.push(`${name}.bit_generator.state = ${generator}.bit_generator.state`);
      }
      text.args.push(generator);
    } else if (kind.kind === 'text') {
      types.set('str', [...(types.get('str') ?? []), name]);
      text.args.push(`${numpy()}.array(list(map(ord, ${name})), dtype=${np}.int64)`);
    } else if (kind.kind === 'tuple') {
      const items = kind.items as ScalarKind[];
      types.set('tuple', [...(types.get('tuple') ?? []), name]);
      const ints = items.flatMap((item, at) => (item.kind === 'int' && bound !== null ? [within(`${name}[${at}]`, bound)] : []));
      late.push(`list(map(type, ${name})) == [${items.map((item) => item.kind).join(', ')}]`, ...ints);
      text.args.push(name);
    } else if (kind.kind === 'list') {
      numpy();
      types.set('list', [...(types.get('list') ?? []), name]);
      const crossing = crossingOf(param, kernel, { np, fresh, power });
      late.push(...(crossing ? [crossing.condition] : listConditions(name, kind, bound)), ...(param.changed ? apartItems(name, kind) : []));
      if (kind.rows === 'parts' && crossing && 'ends' in crossing) {
        const [items, ends] = [fresh(`${plainName(name)}_items`), fresh(`${plainName(name)}_ends`)];
        text.renamed.set(name, `${items}, ${ends}`);
        text.opening.set(name, partList(items, ends, fresh));
        text.args.push(crossing.array, crossing.ends);
        continue;
      }
      const made = crossing?.array ?? `${np}.array(${name}, dtype=${np}.${dtypeOf(kind)})`;
      if (kind.of?.kind === 'tuple') {
        const rows = fresh(`${plainName(name)}_rows`);
        text.renamed.set(name, rows);
        text.opening.set(name, tupleList(kind.of, rows, fresh));
      }
      if (!param.changed) text.args.push(made);
      else {
        const array = fresh(`${plainName(name)}_array`);
        text.before.push(`${array} = ${made}`);
        text.args.push(array);
        if (kind.of?.kind === 'list') {
          const [row, values] = [fresh('row'), fresh('values')];
          text.after.push(`for ${row}, ${values} in zip(${name}, ${array}.tolist()):`, `\t${row}[:] = ${values}`);
        } else if (kind.of?.kind === 'record') text.after.push(...handedBack(name, array, kind.of, kernel.fields.get(kind.of.id) ?? [], fresh));
        else text.after.push(`${name}[:] = ${array}.tolist()`);
      }
    }
  }
  for (const [type, names] of types) text.conditions.push(`${names.map((name) => `type(${name})`).join(' is ')} is ${type}`);
  for (const name of ints) {
    const bound = kernel.bounds.get(name);
    if (bound) text.conditions.push(within(name, bound));
  }
  text.conditions.push(...late, ...apart(kernel.params), ...apartOwner(kernel.params), ...(again ? apartArrays(kernel.params, np) : []));
  return text;
}

/** A field without its object. */
const plainName = (name: string): string => name.slice(name.lastIndexOf('.') + 1);

const dtypeOf = (kind: Kind): string => {
  if (kind.kind === 'list' && kind.of) return dtypeOf(kind.of);
  return kind.kind === 'float' ? 'float64' : kind.kind === 'int' ? 'int64' : 'bool_';
};

const within = (what: string, { lo, hi }: Range): string => (lo < 0 ? `abs(${what}) <= ${power(hi)}` : `0 <= ${what} <= ${power(hi)}`);

function crossingOf({ name, start: { kind } }: KernelParam, kernel: Kernel, wording: Wording): Crossing | (Crossing & { ends: string }) | null {
  if (kind.kind !== 'list') return null;
  if (kind.rows === 'parts' && kind.of?.kind === 'list' && isScalar(kind.of.of))
    return partRows(name, kind.of.of, kernel.bounds.get(name) ?? null, wording);
  if (kind.of?.kind === 'record') return recordRows(name, kind.of, kernel.fields.get(kind.of.id) ?? [], kernel.bounds, wording);
  return kind.of?.kind === 'tuple'
    ? tupleRows(name, kind.of, kind.rows === 'list' ? 'list' : 'tuple', kernel.bounds.get(name) ?? null, wording)
    : null;
}

/** No item of a list that is changed is there twice. */
const apartItems = (name: string, { of }: Kind & { kind: 'list' }): string[] =>
  of?.kind === 'list' || of?.kind === 'record' ? [`len(set(map(id, ${name}))) == len(${name})`] : [];

/** An object of which the kernel gets the fields is none of those in a list. */
function apartOwner(params: readonly KernelParam[]): string[] {
  const owners = new Set(params.flatMap(({ name }) => (isField(name) && name !== SHARED ? [name.slice(0, name.indexOf('.'))] : [])));
  const lists = params.filter(({ start: { kind } }) => kind.kind === 'list' && kind.of?.kind === 'record' && kind.of.type !== null);
  return [...owners].flatMap((owner) => lists.map(({ name }) => `all(one is not ${owner} for one in ${name})`));
}

function listConditions(name: string, kind: Kind & { kind: 'list' }, bound: Range | null): string[] {
  const { of } = kind;
  if (of?.kind !== 'list') {
    const ints =
      of?.kind === 'int' && bound !== null ? [`${power(bound.lo)} <= min(${name}, default=0)`, `max(${name}, default=0) <= ${power(bound.hi)}`] : [];
    return [`set(map(type, ${name})) <= {${of?.kind ?? 'float'}}`, ...ints];
  }
  const item = of.of?.kind ?? 'float';
  const range = item === 'int' && bound !== null ? ` and ${power(bound.lo)} <= min(row) and max(row) <= ${power(bound.hi)}` : '';
  return [
    `len(${name}) > 0`,
    `all(type(row) is list and len(row) == len(${name}[0]) > 0 and set(map(type, row)) == {${item}}${range} for row in ${name})`,
  ];
}

/** A list that is changed is no other one: the kernel's arrays are all apart. */
function apart(params: readonly KernelParam[]): string[] {
  const lists = params.filter(({ start }) => start.kind.kind === 'list');
  const nested = ({ start: { kind } }: KernelParam): boolean => kind.kind === 'list' && (kind.of?.kind === 'list' || kind.of?.kind === 'record');
  const found: string[] = [];
  lists.forEach((one, index) => {
    for (const other of lists.slice(index + 1)) {
      if (!one.changed && !other.changed) continue;
      found.push(`${one.name} is not ${other.name}`);
      if (nested(one) && nested(other)) found.push(`not set(map(id, ${one.name})) & set(map(id, ${other.name}))`);
      else if (nested(one) !== nested(other)) {
        const [rows, row] = nested(one) ? [one.name, other.name] : [other.name, one.name];
        found.push(`all(row is not ${row} for row in ${rows})`);
      }
    }
  });
  return found;
}

/** Arrays of which a copy is changed: no other one may show the same memory. */
function apartArrays(params: readonly KernelParam[], np: string): string[] {
  const arrays = params.filter(({ start }) => start.kind.kind === 'array');
  return arrays.flatMap((one, index) =>
    arrays.slice(index + 1).flatMap((other) => (one.changed || other.changed ? [`not ${np}.may_share_memory(${one.name}, ${other.name})`] : [])),
  );
}

/** A bound as a person writes it. */
export function power(bound: number): string {
  if (bound <= 0) return bound === 0 ? '0' : `-(${power(-bound)})`;
  const exponent = Math.log2(bound);
  return Number.isInteger(exponent) ? `2**${exponent}` : String(bound);
}
