import { eachExpr, nestedBlocks } from '../syntax/python-walk';
import type { LoopFacts, Stmt } from '../types';

/**
 * Does the loop end early only because its one answer is known: a flag is set and it breaks, or it returns one and the same constant? Then it does not
 * matter which of the trips found it, and nothing else may be left behind.
 */
export function endsOnlyASearch(facts: LoopFacts): boolean {
  const { ir, accumulators, stores, effects, carried, flow, liveOut } = facts;
  if (stores.length > 0 || effects.length > 0 || carried.length > 0 || ir.otherwise.length > 0) return false;
  if (flow.some(({ kind }) => kind !== 'break' && kind !== 'return')) return false;
  // Calls that are skipped must not have done anything.
  if (facts.calls.some(({ purity, changes }) => purity !== 'pure' && purity !== 'reads' && changes !== 'trip')) return false;
  const returns = flow.some(({ kind }) => kind === 'return');
  const breaks = flow.some(({ kind }) => kind === 'break');
  if (returns && breaks) return false;
  if (returns) return accumulators.length === 0 && liveOut.length === 0 && sameConstant(ir.body);
  const flags = new Set(accumulators.map(({ name }) => name));
  const [flag] = flags;
  if (flags.size !== 1 || flag === undefined || accumulators.some(({ op }) => op !== 'or' && op !== 'and')) return false;
  return liveOut.every((name) => name === flag) && breaksAfterSetting(ir.body, flag);
}

function sameConstant(body: readonly Stmt[]): boolean {
  const found = new Set<string>();
  const visit = (statements: readonly Stmt[]): boolean =>
    statements.every((statement) => {
      if (statement.kind === 'return') {
        const { value } = statement;
        const text =
          value === null ? 'None' : value.kind === 'constant' ? value.value : value.kind === 'number' || value.kind === 'string' ? value.text : null;
        if (text !== null) found.add(text);
        return text !== null;
      }
      return statement.kind === 'loop' ? visit(statement.loop.body) && visit(statement.loop.otherwise) : nestedBlocks(statement).every(visit);
    });
  return visit(body) && found.size === 1;
}

/** Right before each break the flag is set to a constant, and it is set nowhere else. */
function breaksAfterSetting(body: readonly Stmt[], flag: string): boolean {
  return body.every((statement, index) => {
    const sets = (one: Stmt | undefined): boolean =>
      one?.kind === 'assign' && one.value.kind === 'constant' && one.targets.length === 1 && one.targets[0]?.kind === 'name' && one.targets[0].name === flag; // prettier-ignore
    if (statement.kind === 'break') return sets(body[index - 1]);
    if (
      statement.kind === 'assign' &&
      statement.targets.some((target) => [...eachExpr(target)].some((part) => part.kind === 'name' && part.name === flag))
    )
      return sets(statement) && body[index + 1]?.kind === 'break';
    // A break of an inner loop is that loop's own.
    if (statement.kind === 'loop') return !mentionsFlag(statement.loop.body, flag);
    return nestedBlocks(statement).every((block) => breaksAfterSetting(block, flag));
  });
}

const mentionsFlag = (body: readonly Stmt[], flag: string): boolean =>
  body.some(
    (statement) =>
      (statement.kind === 'assign' && statement.targets.some((target) => target.kind === 'name' && target.name === flag)) ||
      (statement.kind === 'loop' ? mentionsFlag(statement.loop.body, flag) : nestedBlocks(statement).some((block) => mentionsFlag(block, flag))),
  );
