/** What kinds of value Numba can hold in a variable with the same meaning as Python. */
import type { ValueFact } from '../../types';

/** Whether a number is NumPy's own in the original program (`np.float64`), which shows when it is printed or typed; a kernel's are plain. */
export type Numpy = 'no' | 'yes' | 'maybe';
export type ScalarKind = { kind: 'int' | 'float' | 'bool' | 'complex'; numpy: Numpy };
export type ElementType = 'int64' | 'float64' | 'bool';
export type Kind =
  | ScalarKind
  /** `fresh`: the code made it, so that nothing else shows its memory. */
  | { kind: 'array'; of: ElementType; axes: number; fresh?: true }
  /**
   * `of` is null of an empty one. `given`: from outside, where the kernel gets an array of its elements in its place. `rows`: the type of its rows, which
   * the kernel holds as tuples; it makes the list anew from an array of records. Rows of several lengths are parts of one array to it.
   */
  | { kind: 'list'; of: Kind | null; given?: true; rows?: 'tuple' | 'list' | 'parts' }
  | { kind: 'tuple'; items: Kind[] }
  | RecordKind
  /** A str from outside, of which the kernel gets the code points, and one character of it. */
  | { kind: 'text' }
  | { kind: 'char' }
  /** Of random numbers: NumPy's, or Python's, in whose place the kernel gets one of NumPy's in the same state. */
  | { kind: 'generator'; of: 'numpy' | 'python' }
  | { kind: 'none' }
  /** None on some ways. */
  | { kind: 'optional'; of: Kind };

/** An object or dict whose numbers the kernel reads and changes in an array of records. What several lists hold of one class is one kind. */
export interface RecordKind {
  kind: 'record';
  /** Of a dict: the name of its list. */
  id: string;
  /** How its class is called in the file; null of a dict. */
  type: string | null;
  fields: Record<string, ScalarKind>;
  /** Its fields cannot be changed. */
  frozen?: true;
}

export const INT: ScalarKind = { kind: 'int', numpy: 'no' };
export const FLOAT: ScalarKind = { kind: 'float', numpy: 'no' };
export const BOOL: ScalarKind = { kind: 'bool', numpy: 'no' };
export const COMPLEX: ScalarKind = { kind: 'complex', numpy: 'no' };

export const isScalar = (kind: Kind | null): kind is ScalarKind =>
  kind !== null && (kind.kind === 'int' || kind.kind === 'float' || kind.kind === 'bool' || kind.kind === 'complex');

const RANK = { bool: 0, int: 1, float: 2, complex: 3 };
const ELEMENTS: Record<string, ElementType> = { float64: 'float64', int64: 'int64', bool: 'bool' };
const SCALARS: Record<string, ScalarKind> = {
  int: INT,
  float: FLOAT,
  bool: BOOL,
  complex: COMPLEX,
  float64: { kind: 'float', numpy: 'yes' },
  int64: { kind: 'int', numpy: 'yes' },
  bool_: { kind: 'bool', numpy: 'yes' },
};

/** Python's own number of a type's name; null: none. */
export const plainScalar = (types: readonly string[]): ScalarKind | null => {
  const scalar = types.length === 1 ? SCALARS[types[0] ?? ''] : undefined;
  return scalar?.numpy === 'no' && scalar.kind !== 'complex' ? scalar : null;
};

/** A tuple of numbers, each of one type. */
function tupleOf(columns: string[][] | undefined): (Kind & { kind: 'tuple' }) | null {
  const items = (columns ?? []).map(plainScalar);
  return items.length === 0 || items.some((item) => item === null) ? null : { kind: 'tuple', items: items as ScalarKind[] };
}

/**
 * The kind of a sampled value; null for what a kernel cannot take as it is. Small integers and floats wrap and round in their own way: not here.
 * @param asTuples lists of lists are taken as rows that nothing changes.
 */
export function kindOfValue(value: ValueFact | undefined, asTuples = false): Kind | null {
  if (value === undefined) return null;
  if (value.type === 'tuple') return tupleOf(value.columns);
  const scalar = SCALARS[value.type];
  if (scalar) return scalar;
  if (value.type === 'str') return { kind: 'text' };
  if (value.type === 'random.Random') return { kind: 'generator', of: 'python' };
  if (value.type === 'numpy.random._generator.Generator') return { kind: 'generator', of: 'numpy' };
  if (value.type === 'ndarray') {
    const of = ELEMENTS[value.dtype ?? ''];
    return of && value.shape && value.shape.length > 0 ? { kind: 'array', of, axes: value.shape.length } : null;
  }
  if (value.type === 'list') {
    if (value.length === 0) return null;
    const [only, ...others] = value.elements ?? [];
    if (only === undefined || others.length > 0) return null;
    const [inner, ...more] = value.rows?.elements ?? [];
    const row = inner === undefined || more.length > 0 ? undefined : SCALARS[inner];
    if ((only === 'list' && asTuples) || only === 'tuple') {
      const of = tupleOf(value.rows?.columns);
      return of && of.items.length > 1 ? { kind: 'list', of, given: true, rows: only } : null;
    }
    if (only === 'list') {
      const [least, most] = value.rows?.lengths ?? [0, 0];
      const parts = least === most ? {} : { rows: 'parts' as const };
      return row?.numpy === 'no' ? { kind: 'list', of: { kind: 'list', of: row, given: true }, given: true, ...parts } : null;
    }
    const of = SCALARS[only];
    // NumPy's own numbers in a list would come back as Python's.
    return of?.numpy === 'no' ? { kind: 'list', of, given: true } : null;
  }
  return null;
}

export const elementKind = (of: ElementType): ScalarKind => ({ kind: of === 'float64' ? 'float' : of === 'int64' ? 'int' : 'bool', numpy: 'yes' });

/** A number out of several: as wide as the widest, and NumPy's where one of NumPy's has a part in it. */
export function promoted(parts: readonly ScalarKind[]): ScalarKind {
  const widest = parts.reduce((a, b) => (RANK[b.kind] > RANK[a.kind] ? b : a));
  const numpy = parts.some((part) => part.numpy === 'yes') ? 'yes' : parts.some((part) => part.numpy === 'maybe') ? 'maybe' : 'no';
  return { kind: widest.kind, numpy };
}

/** One variable that is given both; null where no variable of Numba's can hold both. `mixed`: it changes its type on the way, as `x = 0; x += 0.5`. */
export function joined(a: Kind, b: Kind): { kind: Kind; mixed: boolean } | null {
  if (isScalar(a) && isScalar(b)) {
    const numpy = a.numpy === b.numpy ? a.numpy : 'maybe';
    return { kind: { kind: RANK[a.kind] >= RANK[b.kind] ? a.kind : b.kind, numpy }, mixed: a.kind !== b.kind };
  }
  if (a.kind === 'array' && b.kind === 'array') {
    if (a.of !== b.of || a.axes !== b.axes) return null;
    return { kind: a.fresh === true && b.fresh === true ? a : { kind: 'array', of: a.of, axes: a.axes }, mixed: false };
  }
  if (a.kind === 'list' && b.kind === 'list') {
    if (a.given !== b.given || a.rows !== b.rows) return null;
    if (a.of === null || b.of === null) return { kind: a.of === null ? b : a, mixed: false };
    const of = joined(a.of, b.of);
    return of && { kind: { ...a, of: of.kind }, mixed: of.mixed };
  }
  if (a.kind === 'tuple' && b.kind === 'tuple' && a.items.length === b.items.length) {
    const items = a.items.map((item, index) => joined(item, b.items[index] as Kind));
    if (items.some((item) => item === null)) return null;
    return { kind: { kind: 'tuple', items: items.map((item) => item?.kind as Kind) }, mixed: items.some((item) => item?.mixed === true) };
  }
  if (a.kind === 'record' && b.kind === 'record') return a.id === b.id ? { kind: a, mixed: false } : null;
  if (a.kind === 'optional' || b.kind === 'optional' || (a.kind === 'none') !== (b.kind === 'none')) {
    const [one, other] = [presentOf(a), presentOf(b)];
    if (one === null || other === null)
      return isOptional(one ?? other) ? { kind: { kind: 'optional', of: (one ?? other) as Kind }, mixed: false } : null;
    const of = joined(one, other);
    return of && { kind: { kind: 'optional', of: of.kind }, mixed: of.mixed };
  }
  if (a.kind === 'generator' && b.kind === 'generator') return a.of === b.of ? { kind: a, mixed: false } : null;
  return a.kind === b.kind && /^(none|text|char)$/.test(a.kind) ? { kind: a, mixed: false } : null;
}

/** What it is where it is not None; null: it always is. */
const presentOf = (kind: Kind): Kind | null => (kind.kind === 'optional' ? kind.of : kind.kind === 'none' ? null : kind);

/** May a variable of a kernel hold either this or None? */
const isOptional = (kind: Kind | null): boolean => isScalar(kind) || (kind?.kind === 'tuple' && kind.items.every(isScalar));

export function sameKind(a: Kind | undefined, b: Kind): boolean {
  return a !== undefined && JSON.stringify(a) === JSON.stringify(b);
}

/** Does it hold ints or truth values, itself or in its elements? */
export function holdsIntegers(kind: Kind): boolean {
  if (isScalar(kind)) return kind.kind === 'int' || kind.kind === 'bool';
  if (kind.kind === 'array') return kind.of !== 'float64';
  if (kind.kind === 'list') return kind.of !== null && holdsIntegers(kind.of);
  if (kind.kind === 'optional') return holdsIntegers(kind.of);
  return kind.kind === 'tuple' && kind.items.some(holdsIntegers);
}

/** Of what a container gives one after another; null: not known, or not one kind. */
export function elementOf(kind: Kind): Kind | null {
  if (kind.kind === 'list') return kind.of;
  if (kind.kind === 'text') return { kind: 'char' };
  if (kind.kind === 'tuple') return kind.items.every((item) => sameKind(kind.items[0], item)) ? (kind.items[0] ?? null) : null;
  if (kind.kind === 'array') return kind.axes === 1 ? elementKind(kind.of) : { ...kind, axes: kind.axes - 1 };
  return null;
}
