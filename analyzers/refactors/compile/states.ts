/** What is known of the names at one place of a program. */
import type { Expr } from '../../types';
import { join, range, same, type Range } from './intervals';

export type State = Map<string, Range>;

/** Where ranges without an end jump to, so that loops settle. */
const ROUND = [0, 1, 2 ** 8, 2 ** 16, 2 ** 31, 2 ** 43, Infinity];

/** Stands in a state beside what tests tell of whole expressions. */
export const COMPARED = '=';

/** An expression as the name of what it gives, as long as nothing is stored. */
export const placeOf = (expr: Expr): string => COMPARED + JSON.stringify(expr, (key, part: unknown) => (key === 'span' ? undefined : part));

/** What a test told of expressions holds until something is stored. */
export function forgetCompared(state: State): void {
  if (state.has(COMPARED)) for (const name of [...state.keys()]) if (name.startsWith(COMPARED)) state.delete(name);
}

/** What holds where two ways meet; null is a way that is never taken. */
export function merged(a: State | null, b: State | null): State | null {
  if (a === null || b === null) return a ?? b;
  const all = new Map(a);
  forgetCompared(all);
  for (const [name, other] of b) {
    if (name.startsWith(COMPARED)) continue;
    const known = all.get(name);
    all.set(name, known ? join(known, other) : other);
  }
  return all;
}

/** Is every value below the bound in size? */
export const within = ({ lo, hi }: Range, bound: number): boolean => lo >= -bound && hi <= bound;

/** Does `a` hold all that `b` may be? */
export const covers = (a: Range | undefined, b: Range | undefined): boolean => b === undefined || (a !== undefined && same(join(a, b), a));

/** To the next round bound on the sides that moved. */
export function widened(was: Range, now: Range): Range {
  const up = (value: number): number => ROUND.find((one) => one >= value) ?? Infinity;
  return range(now.lo < was.lo ? -up(-now.lo) : was.lo, now.hi > was.hi ? up(now.hi) : was.hi);
}

/** What is known where a test holds, or does not. */
export function refined(test: Expr, negate: boolean, given: State, valueOf: (expr: Expr) => Range | null): State {
  const state = new Map(given);
  const narrow = (name: string, to: Range): void => {
    const known = state.get(name);
    if (known === undefined) return;
    const [lo, hi] = [Math.max(known.lo, to.lo), Math.min(known.hi, to.hi)];
    // An empty range is a branch that is never taken: any range is right there.
    if (lo <= hi) state.set(name, range(lo, hi));
  };
  const compare = (left: Expr, op: string, right: Expr): void => {
    const to = valueOf(right);
    if (to === null) return;
    // `k * k <= n` bounds k too.
    if ((op === '<' || op === '<=') && to.hi >= 0 && left.kind === 'binary' && left.op === '*' && left.left.kind === 'name') {
      const { left: one, right: other } = left;
      const root = Math.floor(Math.sqrt(to.hi));
      if (other.kind === 'name' && other.name === one.name) narrow(one.name, range(-root, root));
    }
    if ((op === '<' || op === '<=') && (left.kind === 'binary' || left.kind === 'subscript')) {
      // `if a[i] + x < a[j]: a[j] = a[i] + x`
      state.set(COMPARED, to);
      const known = state.get(placeOf(left));
      state.set(placeOf(left), known ? { lo: known.lo, hi: Math.min(known.hi, to.hi) } : { lo: -Infinity, hi: to.hi });
    }
    if (left.kind !== 'name') return;
    if (op === '<') narrow(left.name, range(-Infinity, to.hi - 1));
    if (op === '<=') narrow(left.name, range(-Infinity, to.hi));
    if (op === '>') narrow(left.name, range(to.lo + 1, Infinity));
    if (op === '>=') narrow(left.name, range(to.lo, Infinity));
    if (op === '==') narrow(left.name, to);
  };
  const opposite: Record<string, string> = { '<': '>=', '<=': '>', '>': '<=', '>=': '<', '!=': '==' };
  const mirrored: Record<string, string> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=', '==': '==' };
  const walk = (expr: Expr, not: boolean): void => {
    if (expr.kind === 'unary' && expr.op === 'not') walk(expr.operand, !not);
    else if (expr.kind === 'logical' && (expr.op === 'and') !== not) [expr.left, expr.right].forEach((part) => walk(part, not));
    else if (expr.kind === 'compare' && (!not || expr.rest.length === 1)) {
      let left = expr.first;
      for (const { op, right } of expr.rest) {
        const holds = not ? (opposite[op] ?? '') : op;
        compare(left, holds, right);
        compare(right, mirrored[holds] ?? '', left);
        left = right;
      }
    }
  };
  walk(test, negate);
  return state;
}
