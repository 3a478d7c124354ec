import type { BinaryOp, Interpreter } from '../../types';

/**
 * What one lane of an array stands for in the loop that it replaces. `mixed` is a Python int in some trips and a float in others.
 * The exact type matters: it decides how a result is handed back, and which errors the loop could raise.
 */
export type Scalar = 'bool' | 'int' | 'float' | 'mixed' | 'np.bool' | 'np.int64' | 'np.float64';

/** Bounds that hold for every lane, both included. Bounds of ints are those of the exact integer. */
export interface Range {
  lo: number;
  hi: number;
  /** NaN is possible. */
  nan: boolean;
  /** A zero is not -0.0. */
  plus?: boolean;
}

export const anyFloat: Range = { lo: -Infinity, hi: Infinity, nan: true };
export const anyInt: Range = { lo: -Infinity, hi: Infinity, nan: false };
export const truth: Range = { lo: 0, hi: 1, nan: false };
export const exactly = (value: number): Range => ({ lo: value, hi: value, nan: false, plus: !Object.is(value, -0) });
export const between = (lo: number, hi: number): Range => ({ lo, hi, nan: false });

/** A little under 2**63, so that rounding of these bounds themselves cannot hide an overflow. */
export const INT64 = 9.2e18;
const EXACT_FLOAT = 2 ** 53;
/** Numbers that have 64 bits already: what makes them larger leaves these bounds. */
export const fullInt64: Range = between(-INT64, INT64);
/** Largest argument that exp, sinh and cosh take without overflow. */
export const LARGEST_EXP = 709;

export const isNumpy = (scalar: Scalar): boolean => scalar.startsWith('np.');
export const isBool = (scalar: Scalar): boolean => scalar === 'bool' || scalar === 'np.bool';
export const isWhole = (scalar: Scalar): boolean => scalar === 'int' || scalar === 'np.int64' || isBool(scalar);
export const fitsInt64 = (range: Range): boolean => range.lo >= -INT64 && range.hi <= INT64;
export const isFinite = (range: Range): boolean => !range.nan && range.lo > -Infinity && range.hi < Infinity;
export const excludesZero = (range: Range): boolean => range.lo > 0 || range.hi < 0;
export const exactAsFloat = (range: Range): boolean => range.lo >= -EXACT_FLOAT && range.hi <= EXACT_FLOAT;

/** Type of `left op right` on scalars, in Python's and NumPy's own rules; null where no array operation gives the same. */
export function arithmeticType(op: BinaryOp, left: Scalar, right: Scalar): Scalar | null {
  if (op === '@' || op === '<<' || op === '>>' || op === '&' || op === '|' || op === '^') return null;
  const numpy = isNumpy(left) || isNumpy(right);
  if (left === 'np.bool' && right === 'np.bool') return null;
  const whole = isWhole(left) && isWhole(right);
  if (numpy) {
    if (left === 'mixed' || right === 'mixed') return left === 'np.float64' || right === 'np.float64' ? 'np.float64' : null;
    if (whole && op !== '/') return (left === 'np.bool' && isBool(right)) || (right === 'np.bool' && isBool(left)) ? null : 'np.int64';
    return 'np.float64';
  }
  if (op === '/') return 'float';
  if (whole) return 'int';
  if (left === 'float' || right === 'float') return 'float';
  return 'mixed';
}

/** Type of a value that comes from either of two branches; null where no array holds both. */
export function eitherType(left: Scalar, right: Scalar): Scalar | null {
  if (left === right) return left;
  const python = !isNumpy(left) && !isNumpy(right);
  return python && !isBool(left) && !isBool(right) ? 'mixed' : null;
}

const times = (a: number, b: number): number => (a === 0 || b === 0 ? 0 : a * b);
const hull = (values: number[], nan: boolean): Range => ({ lo: Math.min(...values), hi: Math.max(...values), nan });

export function unite(a: Range, b: Range): Range {
  return { lo: Math.min(a.lo, b.lo), hi: Math.max(a.hi, b.hi), nan: a.nan || b.nan, plus: isPlus(a) && isPlus(b) };
}
const isPlus = (range: Range): boolean => range.plus === true || range.lo > 0 || range.hi < 0;
/** True where both 0.0 and -0.0 may occur: they are equal and still two values. */
export const signedZero = (scalar: Scalar, range: Range): boolean => !isWhole(scalar) && !isPlus(range);
export function negate(a: Range): Range {
  return { lo: -a.hi, hi: -a.lo, nan: a.nan };
}
export function magnitude(a: Range): Range {
  const lo = a.lo <= 0 && a.hi >= 0 ? 0 : Math.min(Math.abs(a.lo), Math.abs(a.hi));
  return { lo, hi: Math.max(Math.abs(a.lo), Math.abs(a.hi)), nan: a.nan, plus: true };
}
const unbounded = (range: Range): boolean => range.lo === -Infinity || range.hi === Infinity;

/** Bounds of `left op right`. `same`: both sides are the same value, so that `x * x` is never negative. */
export function arithmeticRange(op: BinaryOp, left: Range, right: Range, whole: boolean, same: boolean): Range {
  // inf - inf and 0 * inf are NaN; overflow to inf keeps the bounds true because they become infinite too.
  const nan = !whole && (left.nan || right.nan || unbounded(left) || unbounded(right));
  const out = (range: Range): Range => ({
    lo: Number.isNaN(range.lo) ? -Infinity : range.lo,
    hi: Number.isNaN(range.hi) ? Infinity : range.hi,
    nan: !whole && (nan || !Number.isFinite(range.lo) || !Number.isFinite(range.hi)),
  });
  switch (op) {
    case '+':
      return { ...out({ lo: left.lo + right.lo, hi: left.hi + right.hi, nan }), plus: left.plus === true || right.plus === true };
    case '-':
      return out({ lo: left.lo - right.hi, hi: left.hi - right.lo, nan });
    case '*': {
      const product = hull([times(left.lo, right.lo), times(left.lo, right.hi), times(left.hi, right.lo), times(left.hi, right.hi)], nan);
      return { ...out(same ? { ...product, lo: Math.max(0, magnitude(left).lo ** 2) } : product), plus: same };
    }
    case '/':
      if (!excludesZero(right)) return whole ? { ...anyFloat } : anyFloat;
      return out(hull([left.lo / right.lo, left.lo / right.hi, left.hi / right.lo, left.hi / right.hi], nan));
    case '//': {
      if (!excludesZero(right)) {
        const most = magnitude(left).hi;
        return whole ? between(-most - 1, most + 1) : anyFloat;
      }
      const quotients = hull([left.lo / right.lo, left.lo / right.hi, left.hi / right.lo, left.hi / right.hi], nan);
      return out({ lo: Math.floor(quotients.lo), hi: Math.floor(quotients.hi), nan });
    }
    case '%':
      return out({ lo: Math.min(0, right.lo), hi: Math.max(0, right.hi), nan });
    default:
      return whole ? anyInt : anyFloat;
  }
}

/** Bounds of a Python quotient with a whole divisor, which is at least 1 either way: dividing by 0 raises. */
export function wholeQuotient(left: Range, quotient: Range): Range {
  const most = magnitude(left).hi;
  return most < Infinity && !left.nan ? between(Math.max(quotient.lo, -most), Math.min(quotient.hi, most)) : quotient;
}

/** Bounds of `base ** exponent` for a whole, known exponent of at least 0. */
export function powerRange(base: Range, exponent: number, whole: boolean): Range {
  if (exponent === 0) return exactly(1);
  const ends = [base.lo ** exponent, base.hi ** exponent];
  if (exponent % 2 === 0 && base.lo <= 0 && base.hi >= 0) ends.push(0);
  const range = hull(ends, base.nan);
  return { ...range, nan: !whole && (base.nan || unbounded(range)) };
}

/** True where an int of NumPy has 32 bits unless it is told otherwise. */
export function narrowInts(interpreter: Interpreter): boolean {
  return interpreter.platform.startsWith('win') && Number((interpreter.packages['numpy'] ?? '2').split('.')[0]) < 2;
}
