import type { Draft, Line } from './draft';

/**
 * Array code under its conditions, and the loop for all other cases. The loop never stands in an `except` block: what it raises
 * must not carry the error of the arrays along. `returns`: the array code ends with a return.
 */
export function guardLines(
  code: readonly string[],
  fallback: readonly string[],
  draft: Draft,
  unit: string,
  returns: boolean,
  all: readonly string[] = draft.conditions(),
): string[] {
  const deeper = (lines: readonly string[]): string[] => lines.map((line) => (line === '' ? '' : unit + line));
  const conditions = all.join(' and ');
  // Long conditions stand one a line, in parentheses.
  const long = conditions.length > 85;
  const stacked = all.map((one, index) => unit + (index === 0 ? one : `and ${one}`));
  const under = (before: string, after: string): string[] => (long ? [`${before}(`, ...stacked, `)${after}`] : [`${before}${conditions}${after}`]);
  const { raises, uniformRaises, underflow, warns, indexes } = draft.flags;
  if (!raises && !uniformRaises && !indexes) {
    // Python's own floats go to infinity and NaN without a word.
    const quiet = warns
      ? [
          `with ${draft.np}.errstate(${draft.flags.scalarWarns && draft.flags.unsafe ? 'all="ignore"' : 'over="ignore", invalid="ignore"'}):`,
          ...deeper(code),
        ]
      : code;
    return conditions === '' ? [...quiet] : [...under('if ', ':'), ...deeper(quiet), 'else:', ...deeper(fallback)];
  }
  const state = `with ${draft.np}.errstate(divide="raise", over="raise", invalid="raise"${underflow ? ', under="raise"' : ''}):`;
  const errors = [
    uniformRaises ? 'ArithmeticError' : 'FloatingPointError',
    ...(uniformRaises ? ['ValueError'] : []),
    ...(indexes ? ['IndexError'] : []),
  ];
  const caught = errors.length === 1 ? (errors[0] ?? '') : `(${errors.join(', ')})`;
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

/**
 * Where lists become arrays: before the guard where that cannot fail, in the condition that first asks something of the array, else under the guard.
 */
export function placeConversions(draft: Draft): { head: Line[]; conditions: string[]; body: Line[] } {
  const conditions = draft.conditions();
  const head: Line[] = [];
  const body: Line[] = [];
  for (const line of draft.prologue) {
    if (line.late) {
      body.push(line);
      continue;
    }
    const [, name, made] = /^(\w+) = (.+)$/.exec(line.text) ?? [];
    const word = new RegExp(`\\(${name ?? ''}\\)|\\b${name ?? ''}\\b`);
    const at = name === undefined ? -1 : conditions.findIndex((one) => word.test(one));
    if (at < 0) body.push(line);
    else if (line.tested === true) conditions[at] = (conditions[at] ?? '').replace(word, () => `(${name ?? ''} := ${made ?? ''})`);
    else head.push(line);
  }
  return { head, conditions, body };
}
