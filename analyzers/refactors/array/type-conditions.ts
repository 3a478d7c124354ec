import type { ValueFact } from '../../types';
import type { Scalar } from './scalars';

/** A type that the profiled run showed and that the next run may not have: the generated code asks for it. */
export type TypeTest =
  | { holds: 'number'; text: string; scalar: Scalar; /** The list that it is an item of. */ of: string | null }
  /** `items`: what every item is; null where only the container matters. */
  | { holds: 'list' | 'tuple'; text: string; items: Scalar | null }
  | { holds: 'array'; text: string; scalar: Scalar; rank: number };

/** The exact type of a scalar, in Python. */
function typeText(scalar: Scalar, np: string): string {
  if (scalar === 'np.bool') return `${np}.bool_`;
  return scalar.startsWith('np.') ? `${np}.${scalar.slice(3)}` : scalar;
}

/** `type(a) is type(b) is float` */
const sameType = (texts: readonly string[], type: string): string => `${texts.map((text) => `type(${text})`).join(' is ')} is ${type}`;

/** The number of a place that a list gives: only the list's own test makes it superfluous. */
const isCovered = (test: TypeTest, all: readonly TypeTest[]): boolean =>
  test.holds === 'number' &&
  test.of !== null &&
  all.some((one) => (one.holds === 'list' || one.holds === 'tuple') && one.text === test.of && one.items === test.scalar);

/**
 * The tests as Python conditions: cheap ones first. `late` ones index a list, which is right only where the loop runs at all.
 * `converted`: lists that were tested when an outer loop's arrays were made, with the names of those arrays.
 */
export function typeConditions(all: readonly TypeTest[], np: string, converted: ReadonlyMap<string, string>): { early: string[]; late: string[] } {
  const left = all.filter((test) => !isCovered(test, all) && !(test.holds !== 'array' && converted.has(test.text)));
  const early: string[] = [...converted.values()].map((name) => `${name} is not None`);
  const numbers = left.flatMap((test) => (test.holds === 'number' && test.of === null ? [test] : []));
  for (const scalar of new Set(numbers.map((test) => test.scalar))) {
    const texts = numbers.filter((test) => test.scalar === scalar).map((test) => test.text);
    if (scalar === 'mixed') early.push(...texts.map((text) => `type(${text}) in (int, float)`));
    else early.push(sameType(texts, typeText(scalar, np)));
  }
  for (const container of ['list', 'tuple'] as const) {
    const texts = left.flatMap((test) => (test.holds === container ? [test.text] : []));
    if (texts.length > 0) early.push(sameType([...new Set(texts)], container));
  }
  const arrays = left.flatMap((test) => (test.holds === 'array' ? [test] : []));
  if (arrays.length > 0)
    early.push(
      sameType(
        arrays.map((test) => test.text),
        `${np}.ndarray`,
      ),
    );
  for (const test of arrays) early.push(`${test.text}.dtype == ${typeText(test.scalar, np)}`, `${test.text}.ndim == ${test.rank}`);
  for (const test of left) if (test.holds !== 'number' && test.holds !== 'array' && test.items) early.push(itemsTest(test.text, test.items, np));
  const late = left.flatMap((test) => (test.holds === 'number' && test.of !== null ? [sameType([test.text], typeText(test.scalar, np))] : []));
  return { early, late };
}

/** True for a list with at least one item, all of this type. */
function itemsTest(text: string, items: Scalar, np: string): string {
  return items === 'mixed' ? `set(map(type, ${text})) <= {int, float}` : `set(map(type, ${text})) == {${typeText(items, np)}}`;
}

/** The whole test of a list, for the place where it becomes an array. */
export function listTest(test: TypeTest & { holds: 'list' | 'tuple' }, np: string): string {
  const container = sameType([test.text], test.holds);
  return test.items ? `${container} and ${itemsTest(test.text, test.items, np)}` : container;
}

/** A test for at least one trip, where the types of items do not say it already: an empty list has none. */
export function tripTest(some: string | null, all: readonly TypeTest[]): string | null {
  const name = /^(\w+)$|^len\((\w+)\)(?: > 0)?$/.exec(some ?? '');
  const text = name?.[1] ?? name?.[2];
  const filled = all.some(
    (one) => (one.holds === 'list' || one.holds === 'tuple') && one.text === text && one.items !== null && one.items !== 'mixed',
  );
  return filled ? null : some;
}

export const containerOf = (fact: ValueFact | undefined): 'list' | 'tuple' => (fact?.type === 'tuple' ? 'tuple' : 'list');
