import type { Expr, ValueFact } from '../types';
import type { Draft, Scope } from './array-draft';
import type { Kinds } from './array-inference';
import type { Kind } from './array-kinds';
import type { Scalar } from './array-scalars';

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

const containerOf = (fact: ValueFact | undefined): 'list' | 'tuple' => (fact?.type === 'tuple' ? 'tuple' : 'list');

/**
 * Asks for what the profiled run showed of a list or array. `items` false: only the container matters.
 */
export function requireSequence(value: Expr, kind: Kind & { kind: 'list' | 'array' }, draft: Draft, scope: Scope, items = true): void {
  if (kind.proven) return;
  const base = value.kind === 'subscript' && value.index.kind === 'slice' ? value.object : value;
  if (kind.kind === 'array') {
    for (const name of sources(base, scope.kinds) ?? [base]) requireLeaf(name, draft, scope);
    return;
  }
  const text = draft.cx.slice(scope.file, base.span);
  if (base.kind !== 'name') draft.assume(`\`${text}\` holds what it held in this run`);
  else draft.requireType({ holds: containerOf(scope.kinds.facts.values[text]), text, items: items ? kind.element : null });
}

/** Asks for the type of a number that was only seen: by the names that it is computed from, where that is all. */
export function requireNumber(expr: Expr, kind: Kind & { kind: 'scalar' }, draft: Draft, scope: Scope): void {
  if (kind.proven) return;
  const leaves = sources(expr, scope.kinds);
  if (leaves) for (const leaf of leaves) requireLeaf(leaf, draft, scope);
  else draft.requireType({ holds: 'number', text: draft.cx.slice(scope.file, expr.span), scalar: kind.scalar, of: null });
}

function requireLeaf(leaf: Expr, draft: Draft, scope: Scope): void {
  const kind = scope.kinds.of(leaf);
  const text = draft.cx.slice(scope.file, leaf.span);
  if (kind?.kind === 'array') draft.requireType({ holds: 'array', text, scalar: kind.scalar, rank: kind.shape.length });
  else if (kind?.kind === 'scalar') {
    const object = leaf.kind === 'subscript' ? leaf.object : null;
    const holder = object ? scope.kinds.of(object) : null;
    if (object && holder?.kind === 'array') requireSequence(object, holder, draft, scope);
    else draft.requireType({ holds: 'number', text, scalar: kind.scalar, of: object ? draft.cx.slice(scope.file, object.span) : null });
  } else draft.assume(`\`${text}\` holds what it held in this run`);
}

/** The seen values that an expression's type follows from; null where that cannot be told. */
function sources(expr: Expr, kinds: Kinds, through = false): Expr[] | null {
  const all = (parts: readonly Expr[]): Expr[] | null => {
    const found = parts.map((part) => sources(part, kinds, through));
    return found.every((one) => one !== null) ? found.flat() : null;
  };
  switch (expr.kind) {
    case 'number':
    case 'constant':
      return [];
    case 'name': {
      const kind = kinds.ofName(expr.name);
      if (!kind) return null;
      if (kind.proven) return [];
      const made = kind.kind === 'list' ? null : kinds.freshlyMade(expr.name);
      const inner = made && kinds.of(made) ? sources(made, kinds, true) : null;
      if (inner && inner.length > 0) return inner;
      return through && !kinds.stable(expr.name) ? null : [expr];
    }
    case 'unary':
      return all([expr.operand]);
    case 'binary':
      return all([expr.left, expr.right]);
    case 'compare':
      return all([expr.first, ...expr.rest.map((part) => part.right)]);
    case 'subscript':
      return through || expr.index.kind === 'slice' ? null : [expr];
    case 'call': {
      if (kinds.of(expr)?.proven) return [];
      const { callee, args, keywords } = expr;
      if (callee.kind === 'attribute' && callee.attribute === 'copy' && args.length === 0) return all([callee.object]);
      const likes = callee.kind === 'attribute' && /^(zeros|ones|empty)_like$/.test(callee.attribute);
      return likes && args.length === 1 && keywords.length === 0 ? all(args) : null;
    }
    default:
      return null;
  }
}
