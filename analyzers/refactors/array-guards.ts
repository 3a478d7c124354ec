import type { Draft } from './array-draft';

/**
 * Array code under its conditions, and the loop for all other cases. The loop never stands in an `except` block: what it raises
 * must not carry the error of the arrays along. `returns`: the array code ends with a return.
 */
export function guardLines(code: readonly string[], fallback: readonly string[], draft: Draft, unit: string, returns: boolean): string[] {
  const deeper = (lines: readonly string[]): string[] => lines.map((line) => (line === '' ? '' : unit + line));
  const all = draft.conditions();
  const conditions = all.join(' and ');
  // Long conditions stand one a line, in parentheses.
  const long = conditions.length > 85;
  const stacked = all.map((one, index) => unit + (index === 0 ? one : `and ${one}`));
  const under = (before: string, after: string): string[] => (long ? [`${before}(`, ...stacked, `)${after}`] : [`${before}${conditions}${after}`]);
  const { raises, uniformRaises, underflow } = draft.flags;
  if (!raises && !uniformRaises) {
    return conditions === '' ? [...code] : [...under('if ', ':'), ...deeper(code), 'else:', ...deeper(fallback)];
  }
  const state = `with ${draft.np}.errstate(divide="raise", over="raise", invalid="raise"${underflow ? ', under="raise"' : ''}):`;
  const caught = uniformRaises ? '(ArithmeticError, ValueError)' : 'FloatingPointError';
  const attempt = (otherwise: string): string[] => ['try:', ...deeper([state, ...deeper(code)]), `except ${caught}:`, ...deeper([otherwise])];
  if (returns) return [...(conditions === '' ? attempt('pass') : [...under('if ', ':'), ...deeper(attempt('pass'))]), ...fallback];
  const flag = draft.local('vectorized');
  const tried = attempt(`${flag} = False`);
  return [
    ...(conditions === '' ? [`${flag} = True`, ...tried] : [...under(`${flag} = `, ''), `if ${flag}:`, ...deeper(tried)]),
    `if not ${flag}:`,
    ...deeper(fallback),
  ];
}
