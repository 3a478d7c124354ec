/** What kinds of value Numba can hold in a variable with the same meaning as Python. */
import type { ValueFact } from '../../types';

/** Whether a number is NumPy's own in the original program (`np.float64`), which shows when it is printed or typed; a kernel's are plain. */
export type Numpy = 'no' | 'yes' | 'maybe';
export type ScalarKind = { kind: 'int' | 'float' | 'bool' | 'complex'; numpy: Numpy };
export type ElementType = 'int64' | 'float64' | 'bool';
export type Kind =
  | ScalarKind
  | { kind: 'array'; of: ElementType; axes: number }
  /** `of` is null of an empty one. `given`: from outside, where the kernel gets an array of its elements in its place. */
  | { kind: 'list'; of: Kind | null; given?: true }
  | { kind: 'tuple'; items: Kind[] }
  /** A str from outside, of which the kernel gets the code points, and one character of it. */
  | { kind: 'text' }
  | { kind: 'char' }
  /** Of random numbers: NumPy's, or Python's, in whose place the kernel gets one of NumPy's in the same state. */
  | { kind: 'generator'; of: 'numpy' | 'python' }
  | { kind: 'none' };

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

/** The kind of a sampled value; null for what a kernel cannot take as it is. Small integers and floats wrap and round in their own way: not here. */
export function kindOfValue(value: ValueFact | undefined): Kind | null {
  if (value === undefined) return null;
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
    if (only === 'list') return row?.numpy === 'no' ? { kind: 'list', of: { kind: 'list', of: row, given: true }, given: true } : null;
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
  if (a.kind === 'array' && b.kind === 'array') return a.of === b.of && a.axes === b.axes ? { kind: a, mixed: false } : null;
  if (a.kind === 'list' && b.kind === 'list') {
    if (a.given !== b.given) return null;
    if (a.of === null || b.of === null) return { kind: a.of === null ? b : a, mixed: false };
    const of = joined(a.of, b.of);
    return of && { kind: { ...a, of: of.kind }, mixed: of.mixed };
  }
  if (a.kind === 'tuple' && b.kind === 'tuple' && a.items.length === b.items.length) {
    const items = a.items.map((item, index) => joined(item, b.items[index] as Kind));
    if (items.some((item) => item === null)) return null;
    return { kind: { kind: 'tuple', items: items.map((item) => item?.kind as Kind) }, mixed: items.some((item) => item?.mixed === true) };
  }
  if (a.kind === 'generator' && b.kind === 'generator') return a.of === b.of ? { kind: a, mixed: false } : null;
  return a.kind === b.kind && /^(none|text|char)$/.test(a.kind) ? { kind: a, mixed: false } : null;
}

export function sameKind(a: Kind | undefined, b: Kind): boolean {
  return a !== undefined && JSON.stringify(a) === JSON.stringify(b);
}

/** Does it hold ints or truth values, itself or in its elements? */
export function holdsIntegers(kind: Kind): boolean {
  if (isScalar(kind)) return kind.kind === 'int' || kind.kind === 'bool';
  if (kind.kind === 'array') return kind.of !== 'float64';
  if (kind.kind === 'list') return kind.of !== null && holdsIntegers(kind.of);
  return kind.kind === 'tuple' && kind.items.some(holdsIntegers);
}
