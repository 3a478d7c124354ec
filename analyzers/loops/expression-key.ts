import type { Expr } from '../types';

/** Equal for expressions that are written alike, wherever they stand. */
export function keyOf(expr: Expr): string {
  return JSON.stringify(expr, (key, value: unknown) => (key === 'span' || key === 'statement' ? undefined : value));
}
