import type { FunctionIR, LoopFacts } from '../../types';
import { ok, type Outcome } from '../../platform/result';
import { within } from '../../platform/span';
import type { EditMatch } from '../algorithm/edit';
import { gatherLoop } from '../async/gather';
import type { Find } from '../async/loop';
import { coroutinesFrom, reachedIn } from '../async/reach';
import { defineRefactor, type Context } from '../refactor';

export const refactor = defineRefactor<EditMatch>({
  id: 'async-gather',
  family: 'async',
  title: 'Wait for several coroutines together',

  match(facts, verdict, cx): Outcome<EditMatch> | undefined {
    const { owner, file, ir, statement, depth } = facts;
    if (owner === null || (verdict.bottleneck !== 'io-wait' && verdict.bottleneck !== 'event-loop')) return undefined;
    return gatherLoop({ file, owner, ir, statement, depth, types: typesOf(facts) }, awaited(file, cx), cx);
  },

  /** A loop that waits is on no stack: the time is found where the event loop was started. */
  matchLine({ hotspot, file }, verdict, cx): Outcome<EditMatch> | undefined {
    if (verdict.bottleneck !== 'io-wait') return undefined;
    const reached = coroutinesFrom(file, hotspot.span, cx);
    const found: { match: EditMatch; within: FunctionIR[] }[] = [];
    let refusal: Outcome<EditMatch> | undefined;
    for (const owner of reached) {
      // What runs inside of trips that wait together waits together already.
      if (found.some(({ within }) => within.includes(owner))) continue;
      for (const { ir, owner: of, statement, depth } of cx.syntax(owner.file).loops) {
        if (of !== owner) continue;
        const outcome = gatherLoop({ file: owner.file, owner, ir, statement, depth, types: {} }, awaited(owner.file, cx), cx);
        if (outcome?.ok && !found.some(({ match }) => match.file === owner.file && within(statement, match.region)))
          found.push({ match: outcome.value, within: reachedIn(ir.body, owner.file, cx) }); // prettier-ignore
        else if (outcome?.ok === false) refusal ??= outcome;
      }
    }
    return together(found.map(({ match }) => match)) ?? refusal;
  },

  rewrite: (match) => match.edits,
});

/** `await f(x)`, but not a pause. */
const awaited =
  (file: string, cx: Context): Find =>
  (expr) => {
    if (expr.kind !== 'await' || expr.value.kind !== 'call') return null;
    if (cx.resolve(expr.value.callee, file, expr.span.start) === 'asyncio.sleep') return null;
    return { call: expr.value, text: cx.slice(file, expr.value.span) };
  };

const typesOf = (facts: LoopFacts): Record<string, string | undefined> =>
  Object.fromEntries(Object.entries(facts.values).map(([name, { type }]) => [name, type]));

/** Several loops of the same run are changed in one go. */
function together(matches: readonly EditMatch[]): Outcome<EditMatch> | undefined {
  const [first, ...others] = matches;
  if (!first || others.length === 0) return first && ok(first);
  return ok({
    ...first,
    title: `${first.title}, in ${matches.length} places`,
    assumptions: [...new Set(matches.flatMap(({ assumptions }) => assumptions))],
    regions: matches.map(({ file, region, captures }) => ({ file, span: region, captures })),
    edits: matches.flatMap(({ edits }) => edits),
  });
}
