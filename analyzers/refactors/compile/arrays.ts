/** Whole NumPy arrays in a kernel: slices and arithmetic on them, of which Numba makes one loop each, and the functions that make them. */
import type { BinaryOp, CompareOp, Expr, Span } from '../../types';
import type { KnownCall } from './calls';
import { elementKind, isScalar, type ElementType, type Kind, type ScalarKind } from './kinds';

export type ArrayKind = Kind & { kind: 'array' };
type Element = 'bool' | 'int' | 'float';

const ELEMENTS: Record<ElementType, Element> = { bool: 'bool', int64: 'int', float64: 'float' };
const TYPES: Record<Element, ElementType> = { bool: 'bool', int: 'int64', float: 'float64' };
const RANK: Record<Element, number> = { bool: 0, int: 1, float: 2 };

export const isArray = (kind: Kind | null | undefined): kind is ArrayKind => kind?.kind === 'array';

/** An array that the code makes itself: nothing else shows its memory. */
export const fresh = (of: ElementType, axes: number): ArrayKind => ({ kind: 'array', of, axes, fresh: true });

/** Numbers and arrays of them; null where something else is among them, or no array. */
function operands(parts: readonly (Kind | null)[]): { element: Element; axes: number }[] | null {
  if (!parts.some(isArray)) return null;
  const found = parts.map((part) => {
    if (isArray(part)) return { element: ELEMENTS[part.of], axes: part.axes };
    return isScalar(part) && part.kind !== 'complex' ? { element: part.kind, axes: 0 } : null;
  });
  return found.some((one) => one === null) ? null : (found as { element: Element; axes: number }[]);
}

const widest = (parts: readonly { element: Element; axes: number }[]): { element: Element; axes: number } => ({
  element: parts.reduce<Element>((wide, { element }) => (RANK[element] > RANK[wide] ? element : wide), 'bool'),
  axes: Math.max(...parts.map(({ axes }) => axes)),
});

/** Null: not of two arrays or an array and a number, or none that Numba computes as NumPy does. */
export function arrayBinary(op: BinaryOp, left: Kind, right: Kind): Kind | null {
  const parts = operands([left, right]);
  if (parts === null) return null;
  if (op === '@') return isVector(left) && isVector(right) ? elementKind('float64') : null;
  const { element, axes } = widest(parts);
  // Truth values add up in a way of their own.
  if (parts.some((part) => part.element === 'bool'))
    return /^[&|^]$/.test(op) && parts.every((part) => part.element === 'bool') ? fresh('bool', axes) : null;
  if (op === '/') return fresh('float64', axes);
  if (op === '+' || op === '-' || op === '*') return fresh(TYPES[element], axes);
  if (op === '**') return element === 'float' && parts[1]?.axes === 0 ? fresh('float64', axes) : null;
  return null;
}

/** Of two of these a kernel computes the scalar product by a function of its own: Numba's needs SciPy. */
const isVector = (kind: Kind | null): boolean => isArray(kind) && kind.axes === 1 && kind.of === 'float64';

export function arrayUnary(op: string, of: ArrayKind): ArrayKind | null {
  if (op === '~') return of.of === 'bool' ? fresh('bool', of.axes) : null;
  return op === '-' && of.of !== 'bool' ? fresh(of.of, of.axes) : null;
}

export function arrayCompare(op: CompareOp, left: Kind | null, right: Kind | null): ArrayKind | null {
  const parts = operands([left, right]);
  return parts !== null && /^[<>=!]=?$/.test(op) ? fresh('bool', widest(parts).axes) : null;
}

/** May this be stored in such an array or slice? Numbers are turned into its own type. */
export function storesInto(into: ArrayKind, value: Kind): boolean {
  const of = isArray(value) ? ELEMENTS[value.of] : isScalar(value) ? value.kind : 'complex';
  if (of === 'complex' || (isArray(value) && value.axes > into.axes)) return false;
  const own = ELEMENTS[into.of];
  return of === own || (own === 'float' && of === 'int');
}

/** Of one array, element by element. */
const UNARY = 'sqrt exp expm1 log log2 log10 log1p sin cos tan arcsin arccos arctan sinh cosh tanh floor ceil'.split(' ');
const REDUCTIONS: Record<string, Element | 'same'> = {
  sum: 'same', min: 'same', max: 'same', mean: 'float', std: 'float', var: 'float', any: 'bool', all: 'bool', argmin: 'int', argmax: 'int',
}; // prettier-ignore

/** A function of NumPy's on arrays. */
export function arrayCall(name: string, args: readonly (Kind | null)[]): KnownCall | null {
  const [first = null, second = null, third = null] = args;
  if (args.length === 1 && isArray(first)) {
    if (name === 'copy') return { result: fresh(first.of, first.axes) };
    if (UNARY.includes(name)) return first.of === 'bool' ? null : { result: fresh('float64', first.axes) };
    if (/^(abs|absolute|square|negative)$/.test(name)) return first.of === 'bool' ? null : { result: fresh(first.of, first.axes) };
    if (name === 'logical_not') return first.of === 'bool' ? { result: fresh('bool', first.axes) } : null;
    return reduction(name, first);
  }
  const parts = operands(args);
  if (parts === null) return null;
  const { element, axes } = widest(parts);
  if (args.length === 2) {
    if (name === 'dot') return isVector(first) && isVector(second) ? { result: elementKind('float64') } : null;
    if (/^(minimum|maximum|add|subtract|multiply)$/.test(name) && parts.every((part) => part.element !== 'bool'))
      return { result: fresh(TYPES[element], axes) };
    if (/^(divide|hypot|arctan2)$/.test(name) && parts.every((part) => part.element !== 'bool')) return { result: fresh('float64', axes) };
    return /^logical_(and|or|xor)$/.test(name) && element === 'bool' ? { result: fresh('bool', axes) } : null;
  }
  if (name !== 'where' || args.length !== 3 || !isArray(first) || first.of !== 'bool') return null;
  const chosen = [second, third].map((one) => operands([one, first])?.[0]);
  const [one, other] = chosen;
  if (!one || !other || one.element === 'bool' || other.element === 'bool') return null;
  return { result: fresh(TYPES[widest([one, other]).element], axes) };
}

/** A method of an array. */
export function arrayMethod(name: string, of: ArrayKind, args: readonly (Kind | null)[]): KnownCall | null {
  if (args.length > 0) return null;
  return name === 'copy' ? { result: fresh(of.of, of.axes) } : reduction(name, of);
}

function reduction(name: string, of: ArrayKind): KnownCall | null {
  const gives = REDUCTIONS[name];
  if (gives === undefined || (of.of === 'bool' && /^(sum|min|max)$/.test(name))) return null;
  // Where one of the floats is not a number, the first or the last counts.
  if (/^arg/.test(name) && of.of !== 'int64') return null;
  const kind = gives === 'same' ? ELEMENTS[of.of] : gives;
  return { result: elementKind(TYPES[kind]) };
}

interface Made {
  kindOf: (expr: Expr) => Kind | null;
  resolve: (expr: Expr) => string | null;
}

const MAKERS = /^numpy\.(zeros|ones|empty|full|zeros_like|ones_like|empty_like|full_like|arange|eye|identity)$/;

/** Of a call that makes an array of a given shape; null: it is none, or one that a kernel makes in another way. */
export function madeArray(call: Expr & { kind: 'call' }, { kindOf, resolve }: Made): ArrayKind | null {
  const path = resolve(call.callee);
  const name = path === null ? undefined : MAKERS.exec(path)?.[1];
  const [first] = call.args;
  if (name === undefined || !first || call.keywords.some((one) => one.name !== 'dtype')) return null;
  const kind = kindOf(first);
  const plain = name.startsWith('full') ? 2 : 1;
  const type = call.keywords[0]?.value ?? (name === 'arange' ? undefined : call.args[plain]);
  const of = type ? elementType(type, { kindOf, resolve }) : null;
  if ((type && of === null) || (name !== 'arange' && call.args.length > plain + 1)) return null;
  if (name === 'arange') {
    const whole = call.args.every((arg) => kindOf(arg)?.kind === 'int');
    return whole && call.args.length <= 3 && (of ?? 'int64') === 'int64' && !type ? fresh('int64', 1) : null;
  }
  const filled = name.startsWith('full') ? (call.args[1] && kindOf(call.args[1])) || null : null;
  if (name.startsWith('full') && (!isScalar(filled) || filled.kind === 'complex')) return null;
  if (name.endsWith('_like')) return isArray(kind) ? fresh(of ?? kind.of, kind.axes) : null;
  if (name === 'eye' || name === 'identity') return kind?.kind === 'int' && call.args.length === 1 && !type ? fresh('float64', 2) : null;
  const axes = kind?.kind === 'int' ? 1 : kind?.kind === 'tuple' && kind.items.every((item) => item.kind === 'int') ? kind.items.length : 0;
  if (axes === 0) return null;
  return fresh(of ?? (filled ? TYPES[(filled as ScalarKind).kind as Element] : 'float64'), axes);
}

const DTYPES: Record<string, ElementType> = {
  'numpy.float64': 'float64',
  'numpy.int64': 'int64',
  'numpy.bool_': 'bool',
  'builtins.float': 'float64',
  'builtins.int': 'int64',
  'builtins.bool': 'bool',
};

/** What a `dtype` names. */
function elementType(expr: Expr, { kindOf, resolve }: Made): ElementType | null {
  if (expr.kind === 'attribute' && expr.attribute === 'dtype') {
    const of = kindOf(expr.object);
    return isArray(of) ? of.of : null;
  }
  return DTYPES[resolve(expr) ?? ''] ?? null;
}

/** Items picked out by an array of places. (By truth values: Numba does not see that there are too few of them.) */
export const picked = (of: ArrayKind, by: ArrayKind): ArrayKind | null => (by.axes === 1 && by.of === 'int64' ? fresh(of.of, of.axes) : null);

/** Types of elements that are written as Python's own, which Numba does not know there, and how NumPy calls them. */
export function typeArguments(call: Expr & { kind: 'call' }, resolve: (expr: Expr) => string | null): { span: Span; type: string }[] {
  if (!MAKERS.test(resolve(call.callee) ?? '')) return [];
  return [...call.args, ...call.keywords.map(({ value }) => value)].flatMap((one) => {
    const path = one.kind === 'name' ? resolve(one) : null;
    return path === 'builtins.int' ? [{ span: one.span, type: 'int64' }] : path === 'builtins.bool' ? [{ span: one.span, type: 'bool_' }] : [];
  });
}

/** What `np.dot` and `@` of two vectors become. The order of the additions is free, as it is in NumPy, so that several are done at once. */
export function dotDefinition(name: string, njit: string, unit: string): string {
  return [
    `@${njit}(cache=True, fastmath={"reassoc", "contract"})`,
    `def ${name}(x, y):`,
    `${unit}if len(x) != len(y):`,
    `${unit}${unit}raise ValueError`,
    `${unit}total = 0.0`,
    `${unit}for i in range(len(x)):`,
    `${unit}${unit}total += x[i] * y[i]`,
    `${unit}return total`,
    '',
  ].join('\n');
}
