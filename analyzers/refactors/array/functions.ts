import { anyFloat, between, excludesZero, isFinite, LARGEST_EXP, magnitude, type Range } from './scalars';

/** A function of one float that NumPy has for arrays as well. */
export interface FloatFunction {
  numpy: string;
  /** No argument in these bounds makes Python raise or NumPy warn. */
  safe: (range: Range) => boolean;
  range: (range: Range) => Range;
}

const always = (): boolean => true;
const finite = (range: Range): boolean => range.lo > -Infinity && range.hi < Infinity;
const unit = (range: Range): Range => ({ ...between(-1, 1), nan: range.nan });
const rising =
  (of: (value: number) => number) =>
  (range: Range): Range => {
    const [lo, hi] = [of(range.lo), of(range.hi)];
    return {
      lo: Number.isNaN(lo) ? -Infinity : lo - Math.abs(lo) * 1e-12,
      hi: Number.isNaN(hi) ? Infinity : hi + Math.abs(hi) * 1e-12,
      nan: range.nan,
    };
  };
const whole = (range: Range): Range => ({ lo: Math.floor(range.lo), hi: Math.ceil(range.hi), nan: range.nan });
const unknown = (): Range => anyFloat;

/** Functions of the math module with their names in NumPy. */
export const mathFunctions: Record<string, FloatFunction> = {
  sqrt: {
    numpy: 'sqrt',
    safe: (r) => r.lo >= 0,
    range: (r) => ({ ...rising(Math.sqrt)({ ...r, lo: Math.max(0, r.lo), hi: Math.max(0, r.hi) }), plus: r.plus === true }),
  },
  exp: {
    numpy: 'exp',
    safe: (r) => r.hi <= LARGEST_EXP,
    range: (r) => ({ ...rising(Math.exp)(r), lo: Math.max(0, Math.exp(r.lo) * 0.999), plus: true }),
  },
  expm1: { numpy: 'expm1', safe: (r) => r.hi <= LARGEST_EXP, range: rising(Math.expm1) },
  log: { numpy: 'log', safe: (r) => r.lo > 0, range: (r) => rising(Math.log)({ ...r, lo: Math.max(0, r.lo) }) },
  log10: { numpy: 'log10', safe: (r) => r.lo > 0, range: (r) => rising(Math.log10)({ ...r, lo: Math.max(0, r.lo) }) },
  log2: { numpy: 'log2', safe: (r) => r.lo > 0, range: (r) => rising(Math.log2)({ ...r, lo: Math.max(0, r.lo) }) },
  log1p: { numpy: 'log1p', safe: (r) => r.lo > -1, range: unknown },
  sin: { numpy: 'sin', safe: finite, range: unit },
  cos: { numpy: 'cos', safe: finite, range: unit },
  tan: { numpy: 'tan', safe: finite, range: unknown },
  asin: { numpy: 'arcsin', safe: (r) => r.lo >= -1 && r.hi <= 1, range: (r) => ({ ...between(-1.58, 1.58), nan: r.nan }) },
  acos: { numpy: 'arccos', safe: (r) => r.lo >= -1 && r.hi <= 1, range: (r) => ({ ...between(0, 3.15), nan: r.nan }) },
  atan: { numpy: 'arctan', safe: always, range: (r) => ({ ...between(-1.58, 1.58), nan: r.nan }) },
  sinh: { numpy: 'sinh', safe: (r) => r.lo >= -LARGEST_EXP && r.hi <= LARGEST_EXP, range: rising(Math.sinh) },
  cosh: {
    numpy: 'cosh',
    safe: (r) => r.lo >= -LARGEST_EXP && r.hi <= LARGEST_EXP,
    range: (r) => ({ lo: 1, hi: rising(Math.cosh)(magnitude(r)).hi, nan: r.nan }),
  },
  tanh: { numpy: 'tanh', safe: always, range: unit },
  asinh: { numpy: 'arcsinh', safe: always, range: rising(Math.asinh) },
  acosh: { numpy: 'arccosh', safe: (r) => r.lo >= 1, range: unknown },
  atanh: { numpy: 'arctanh', safe: (r) => r.lo > -1 && r.hi < 1, range: unknown },
  fabs: { numpy: 'abs', safe: always, range: magnitude },
  degrees: { numpy: 'degrees', safe: always, range: unknown },
  radians: { numpy: 'radians', safe: always, range: rising((value) => (value * Math.PI) / 180) },
};

/** Functions of math with two floats. */
export const mathPairs: Record<string, { numpy: string; safe: (a: Range, b: Range) => boolean; range: (a: Range, b: Range) => Range }> = {
  hypot: { numpy: 'hypot', safe: always, range: () => ({ lo: 0, hi: Infinity, nan: true }) },
  atan2: { numpy: 'arctan2', safe: always, range: (a, b) => ({ ...between(-3.15, 3.15), nan: a.nan || b.nan }) },
  copysign: { numpy: 'copysign', safe: always, range: unknown },
  fmod: { numpy: 'fmod', safe: (a, b) => finite(a) && excludesZero(b), range: unknown },
};

/** Tests of math that give True or False. */
export const mathTests: Record<string, string> = { isnan: 'isnan', isinf: 'isinf', isfinite: 'isfinite' };
/** Rounding functions of math: they give an int. */
export const mathRounding: Record<string, string> = { floor: 'floor', ceil: 'ceil', trunc: 'trunc' };

/** NumPy's own functions of one number, by the math function that has the same domain; null: any number is in it. */
export const numpyFunctions: Record<string, string | null> = {
  sqrt: 'sqrt', exp: 'exp', expm1: 'expm1', log: 'log', log10: 'log10', log2: 'log2', log1p: 'log1p', sin: 'sin', cos: 'cos', tan: 'tan', arcsin: 'asin', arccos: 'acos',
  arctan: 'atan', sinh: 'sinh', cosh: 'cosh', tanh: 'tanh', arcsinh: 'asinh', arccosh: 'acosh', arctanh: 'atanh', fabs: 'fabs', degrees: 'degrees', radians: 'radians',
  rad2deg: 'degrees', deg2rad: 'radians', cbrt: null, floor: null, ceil: null, rint: null, trunc: null,
}; // prettier-ignore
/** NumPy's own functions of two numbers. */
export const numpyPairs: Record<string, string | null> = { hypot: 'hypot', arctan2: 'atan2', copysign: 'copysign', fmod: 'fmod', maximum: null, minimum: null }; // prettier-ignore

export const roundedRange = whole;
export { isFinite };
