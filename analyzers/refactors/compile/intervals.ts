/** Arithmetic on ranges of integers: every value that an operation can give lies in the range that it gives. */
import type { BinaryOp } from '../../types';

/** Inclusive; infinite where nothing is known. Doubles are exact enough: what counts is which side of 2**63 a bound lies on. */
export interface Range {
  lo: number;
  hi: number;
}

export const TOP: Range = { lo: -Infinity, hi: Infinity };
/** No container is longer. */
export const LONGEST = 2 ** 40;
export const BIT: Range = { lo: 0, hi: 1 };
/** A little less than int64 holds, so that rounding of a bound never hides an overflow. */
export const MOST = 2 ** 63 - 2 ** 12;

export const range = (lo: number, hi: number): Range => ({ lo, hi });
export const join = (a: Range, b: Range): Range => range(Math.min(a.lo, b.lo), Math.max(a.hi, b.hi));
export const same = (a: Range, b: Range): boolean => a.lo === b.lo && a.hi === b.hi;
export const fits = ({ lo, hi }: Range): boolean => lo >= -MOST && hi <= MOST;
export const negated = ({ lo, hi }: Range): Range => range(-hi, -lo);

const times = (a: number, b: number): number => (a === 0 || b === 0 ? 0 : a * b);
const magnitude = ({ lo, hi }: Range): number => Math.max(Math.abs(lo), Math.abs(hi));
/** The least 2**k - 1 that is not below. */
const mask = (value: number): number => (value === Infinity ? Infinity : 2 ** Math.ceil(Math.log2(value + 1)) - 1);

export const add = (a: Range, b: Range): Range => range(a.lo + b.lo, a.hi + b.hi);

export function multiply(a: Range, b: Range): Range {
  const corners = [times(a.lo, b.lo), times(a.lo, b.hi), times(a.hi, b.lo), times(a.hi, b.hi)];
  return range(Math.min(...corners), Math.max(...corners));
}

function power(base: Range, exponent: Range): Range {
  // A negative exponent gives a float; that one is not for here.
  if (exponent.lo < 0) return TOP;
  const most = Math.max(1, magnitude(base)) ** exponent.hi;
  return base.lo >= 0 ? range(0, most) : range(-most, most);
}

function floorDivide(a: Range, b: Range): Range {
  if (b.lo > 0) {
    const [least, most] = [a.lo >= 0 ? a.lo / b.hi : a.lo / b.lo, a.hi >= 0 ? a.hi / b.lo : a.hi / b.hi];
    return range(Number.isNaN(least) ? 0 : Math.floor(least), Number.isNaN(most) ? 0 : Math.floor(most));
  }
  // Division by zero raises; by anything else nothing grows, but for a change of sign.
  const most = magnitude(a) + 1;
  return range(-most, most);
}

function modulo(a: Range, b: Range): Range {
  if (b.lo > 0) return range(0, Math.min(b.hi - 1, a.lo >= 0 ? a.hi : Infinity));
  const most = magnitude(b);
  return range(b.lo < 0 ? -most : 0, b.hi > 0 ? most : 0);
}

function bits(op: '&' | '|' | '^', a: Range, b: Range): Range {
  if (op === '&' && (a.lo >= 0 || b.lo >= 0)) return range(0, Math.min(a.lo >= 0 ? a.hi : Infinity, b.lo >= 0 ? b.hi : Infinity));
  const most = mask(Math.max(magnitude(a), magnitude(b)));
  return a.lo >= 0 && b.lo >= 0 ? range(0, most) : range(-most - 1, most);
}

function shift(op: '<<' | '>>', a: Range, by: Range): Range {
  if (by.lo < 0) return TOP;
  if (op === '<<') return by.hi > 62 ? TOP : multiply(a, range(2 ** by.lo, 2 ** by.hi));
  return range(a.lo >= 0 ? Math.floor(a.lo / 2 ** by.hi) : Math.floor(a.lo / 2 ** by.lo), a.hi >= 0 ? Math.floor(a.hi / 2 ** by.lo) : -1);
}

/** Null where the result is no integer. */
export function binary(op: BinaryOp, a: Range, b: Range): Range | null {
  switch (op) {
    case '+':
      return add(a, b);
    case '-':
      return add(a, negated(b));
    case '*':
      return multiply(a, b);
    case '//':
      return floorDivide(a, b);
    case '%':
      return modulo(a, b);
    case '**':
      return power(a, b);
    case '&':
    case '|':
    case '^':
      return bits(op, a, b);
    case '<<':
    case '>>':
      return shift(op, a, b);
    default:
      return null;
  }
}
