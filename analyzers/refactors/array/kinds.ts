import type { Expr, LoopFacts, ValueFact } from '../../types';
import { anyFloat, anyInt, truth, type Range, type Scalar } from './scalars';
import type { Context } from '../refactor';

/** A whole number known up to its name: `len(xs) - 1` is {base: 'len(xs)', offset: -1}; a plain number has no base. */
export interface Linear {
  base: string | null;
  offset: number;
}

/** What a name or an expression that is the same in every trip holds. `proven` is false where it was only seen in the sampled frames. */
export type Kind = { proven: boolean } & (
  | { kind: 'scalar'; scalar: Scalar; range: Range }
  | { kind: 'array'; scalar: Scalar; range: Range; shape: (Linear | null)[] }
  | { kind: 'list'; element: Scalar; range: Range; length: Linear | null }
  | { kind: 'generator' }
);

/** What is asked of the inference by its own parts. */
export interface KindSource {
  readonly cx: Context;
  readonly facts: LoopFacts;
  of(expr: Expr): Kind | null;
  ofRange(start: Expr | null, stop: Expr, step: Expr | null): Kind | null;
  linear(expr: Expr): Linear | null;
  shapeOf(expr: Expr, axis: number): Linear | null;
}

export const scalarKind = (scalar: Scalar, range: Range, proven = true): Kind => ({ kind: 'scalar', scalar, range, proven });
export const arrayKind = (scalar: Scalar, range: Range, shape: (Linear | null)[], proven = true): Kind => ({
  kind: 'array',
  scalar,
  range,
  shape,
  proven,
});
export const listKind = (element: Scalar, range: Range, length: Linear | null, proven = true): Kind => ({
  kind: 'list',
  element,
  range,
  length,
  proven,
});

const scalars: Record<string, Scalar> = {
  int: 'int',
  float: 'float',
  bool: 'bool',
  float64: 'np.float64',
  int64: 'np.int64',
  bool_: 'np.bool',
  'numpy.float64': 'np.float64',
  'numpy.int64': 'np.int64',
  'numpy.bool': 'np.bool',
  'numpy.bool_': 'np.bool',
};

export const scalarOf = (type: string): Scalar | null => scalars[type] ?? null;

/** The facts with what only a watched run saw beside what the profiled run did. */
export const withWatched = (facts: LoopFacts): LoopFacts =>
  facts.evidence ? { ...facts, values: { ...facts.evidence.values, ...facts.values } } : facts;

/** Bounds that a type alone gives. The values that were seen say nothing about the next run. */
export function fullRange(scalar: Scalar): Range {
  if (scalar === 'bool' || scalar === 'np.bool') return truth;
  if (scalar === 'np.int64') return { lo: -(2 ** 63), hi: 2 ** 63, nan: false };
  return scalar === 'int' ? anyInt : anyFloat;
}

/** The sampled frames' word on a value; null where no array can stand for it. */
export function seenKind(fact: ValueFact | null | undefined): Kind | null {
  if (!fact) return null;
  const scalar = scalarOf(fact.type);
  if (scalar) return scalarKind(scalar, fullRange(scalar), false);
  if (fact.type === 'ndarray' || fact.type === 'numpy.ndarray') {
    const item = fact.dtype === 'bool' ? 'np.bool' : scalarOf(fact.dtype ?? '');
    if (!item || !fact.shape) return null;
    return arrayKind(
      item,
      fullRange(item),
      fact.shape.map(() => null),
      false,
    );
  }
  if (fact.type !== 'list' && fact.type !== 'tuple') return null;
  const items = (fact.elements ?? []).map(scalarOf);
  const [first, second, ...more] = items;
  if (!first) return null;
  if (items.length === 1) return listKind(first, fullRange(first), null, false);
  const numbers = more.length === 0 && [first, second].every((item) => item === 'int' || item === 'float');
  return numbers ? listKind('mixed', anyFloat, null, false) : null;
}

/** Two names of one length; unknown lengths are equal to nothing. */
export const sameLinear = (a: Linear | null, b: Linear | null): boolean => a !== null && b !== null && a.base === b.base && a.offset === b.offset;
export const plus = (a: Linear | null, offset: number): Linear | null => (a ? { base: a.base, offset: a.offset + offset } : null);

/** The value of a literal int, a minus before it included. */
export function literalInt(expr: Expr | null): number | null {
  if (expr?.kind === 'number' && expr.type === 'int') return numberOf(expr.text);
  if (expr?.kind === 'unary' && expr.op === '-') {
    const value = literalInt(expr.operand);
    return value === null ? null : -value;
  }
  return null;
}

/** The value of Python's text of a number. */
export function numberOf(text: string): number {
  return Number(text.replaceAll('_', ''));
}

/** The numbers that an index takes, in order. Bounds are Python texts; `start` and `stop` say what is known of them. */
export interface Axis {
  name: string;
  startCode: string;
  stopCode: string;
  start: Linear | null;
  stop: Linear | null;
  startLo: number;
  stopRange: Range;
  step: number;
}
