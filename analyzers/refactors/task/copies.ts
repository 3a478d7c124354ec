import type { Expr, LoopFacts, Refusal, Stmt } from '../../types';
import { lineOf, within } from '../../platform/span';
import { boundNames, eachStmt } from '../../syntax/python-walk';
import { baseName } from './names';
import type { TaskSplit } from './split';

/**
 * `item = find(key)` and then `item.stock -= 1`: what a task looked up comes back from another process as a copy, and changing that changes nothing that
 * anybody else holds. What a task made anew is no store of the loop's.
 */
export function whyChangesCopy(facts: LoopFacts, { hoists, outputs, removed }: TaskSplit): Refusal | null {
  const rest = facts.ir.body.filter((stmt) => !removed.includes(stmt));
  const given = namesOfResults([...outputs, ...hoists.map((hoist) => hoist.name), ...hoists.flatMap(({ statement }) => targetsOf(statement))], rest, hoists); // prettier-ignore
  const store = facts.stores.find(
    ({ name, target, span }) =>
      !removed.some((stmt) => within(span, stmt.span)) && (given.has(name) || hoists.some(({ origin }) => startsAt(target, origin))),
  );
  if (!store) return null;
  const what = given.has(store.name) ? `\`${store.name}\`` : 'what the task finds';
  return {
    code: 'mutates-arguments',
    why: `The loop changes ${what} (${lineOf(store.span)}), which may be an object of somebody else's; a worker process would hand back a copy of it.`,
    toDo: 'Let the task give back a key or a position, and look the object up in the loop.',
    span: store.span,
  };
}

/** The names that hold a result of the task, or a part of one. */
function namesOfResults(results: readonly string[], rest: readonly Stmt[], hoists: TaskSplit['hoists']): Set<string> {
  const names = new Set(results);
  const holds = (value: Expr): boolean => {
    if (hoists.some(({ origin }) => origin === value)) return true;
    if (value.kind === 'conditional') return holds(value.then) || holds(value.otherwise);
    if (value.kind === 'logical') return holds(value.left) || holds(value.right);
    if (value.kind === 'collection') return value.items.some(holds);
    const base = baseName(value);
    return base !== null ? names.has(base) : hoists.some(({ origin }) => startsAt(value, origin));
  };
  for (const stmt of eachStmt(rest)) {
    if (stmt.kind === 'assign' && holds(stmt.value)) for (const name of stmt.targets.flatMap(boundNames)) names.add(name);
    const { space, target } = stmt.kind === 'loop' ? stmt.loop : { space: null, target: null };
    const walked = space?.kind === 'enumerate' ? space.of : space;
    if (walked?.kind === 'sequence' && target && holds(walked.value)) for (const name of boundNames(target)) names.add(name);
  }
  return names;
}

const targetsOf = (stmt: Stmt | null): string[] => (stmt?.kind === 'assign' ? stmt.targets.flatMap(boundNames) : []);

/** Is it something at or below what this very expression gives? */
function startsAt(target: Expr, origin: Expr): boolean {
  let at = target;
  while (at !== origin && (at.kind === 'attribute' || at.kind === 'subscript')) at = at.object;
  return at === origin;
}
