import type { Expr } from '../types';
import { eachExpr } from '../syntax/python-walk';
import { keyOf } from './expression-key';
import { integerOf } from './positions';

/** constant + sum of coefficient * symbol. A symbol is a name, or a value that stays the same over the loop. */
export interface Affine {
  constant: number;
  terms: Map<string, number>;
}

/** What an index is read against. */
export interface IndexScope {
  /** What a name stands for, where it is another way to write something. */
  meaning(name: string): Expr | null;
  /** The same in every trip. */
  fixed(name: string): boolean;
  /** May stand in an index as itself: this loop's counters and those of loops inside. */
  counts(name: string): boolean;
}

/** Null: the index is no sum of counters and fixed values. */
export function affineOf(expr: Expr, scope: IndexScope, depth = 0): Affine | null {
  const whole = integerOf(expr);
  if (whole !== null) return { constant: whole, terms: new Map() };
  if (depth > 8) return null;
  const inner = (part: Expr): Affine | null => affineOf(part, scope, depth + 1);
  switch (expr.kind) {
    case 'name': {
      if (scope.counts(expr.name)) return symbol(expr.name);
      const meaning = scope.meaning(expr.name);
      if (meaning) return inner(meaning);
      return scope.fixed(expr.name) ? symbol(expr.name) : null;
    }
    case 'unary': {
      const operand = inner(expr.operand);
      return operand && expr.op === '-' ? scaled(operand, -1) : expr.op === '+' ? operand : null;
    }
    case 'binary': {
      const left = inner(expr.left);
      const right = inner(expr.right);
      if (left && right && expr.op === '+') return sum(left, right, 1);
      if (left && right && expr.op === '-') return sum(left, right, -1);
      if (left && right && expr.op === '*') {
        if (right.terms.size === 0) return scaled(left, right.constant);
        if (left.terms.size === 0) return scaled(right, left.constant);
      }
      break;
    }
    default:
      break;
  }
  return isFixed(expr, scope) ? symbol(keyOf(expr)) : null;
}

/** Built from fixed names alone; a call is fixed only where it is `len`. */
export function isFixed(expr: Expr, scope: IndexScope): boolean {
  for (const part of eachExpr(expr)) {
    if (part.kind === 'name' && part.name !== 'len' && !(scope.fixed(part.name) && !scope.counts(part.name) && scope.meaning(part.name) === null))
      return false;
    if (part.kind === 'call' && !(part.callee.kind === 'name' && part.callee.name === 'len')) return false;
    if (['opaque', 'loop', 'named', 'await', 'yield', 'lambda', 'slice'].includes(part.kind)) return false;
  }
  return true;
}

const symbol = (name: string): Affine => ({ constant: 0, terms: new Map([[name, 1]]) });

function scaled(value: Affine, by: number): Affine {
  return {
    constant: value.constant * by,
    terms: new Map([...value.terms].flatMap(([name, count]) => (by === 0 ? [] : [[name, count * by] as const]))),
  };
}

/** left + sign * right. */
export function sum(left: Affine, right: Affine, sign: number): Affine {
  const terms = new Map(left.terms);
  for (const [name, count] of right.terms) {
    const total = (terms.get(name) ?? 0) + sign * count;
    if (total === 0) terms.delete(name);
    else terms.set(name, total);
  }
  return { constant: left.constant + sign * right.constant, terms };
}
