import type { FunctionFacts, LoopFacts } from '../../types';
import { ok, type Outcome } from '../../platform/result';
import { codeOf, codeOfFunction, type Code } from '../algorithm/code';
import { placesOf, savingCost } from '../algorithm/cost';
import { finishFunction } from '../algorithm/callers';
import { finish, type Draft, type EditMatch } from '../algorithm/edit';
import { planHeap, takingsIn } from '../algorithm/heap';
import { waitsForIo } from '../algorithm/loop';
import { defineRefactor, type Context } from '../refactor';

/** A list from which a hot loop takes the smallest item again and again. */
export const refactor = defineRefactor<EditMatch>({
  id: 'heap-queue',
  family: 'algorithm',
  title: 'Take the smallest from a heap',

  match(facts, verdict, cx): Outcome<EditMatch> | undefined {
    const code = codeOf(facts, cx);
    if (facts.ir.language !== 'python' || waitsForIo(verdict, facts) || code === null) return undefined;
    const draft = draftOf(facts, facts.ir.body, code, cx);
    return draft?.ok === true ? ok(finish(facts, code, draft.value)) : draft;
  },

  matchFunction(facts, verdict, cx): Outcome<EditMatch> | undefined {
    if (waitsForIo(verdict, facts) || cx.syntax(facts.file).language === 'javascript') return undefined;
    const code = codeOfFunction(facts.function, cx);
    const draft = draftOf(facts, facts.function.body, code, cx);
    return draft?.ok === true ? finishFunction(facts.function, draft.value, cx) : draft;
  },

  rewrite: (match) => match.edits,
});

function draftOf(facts: LoopFacts | FunctionFacts, body: LoopFacts['ir']['body'], code: Code, cx: Context): Outcome<Draft> | undefined {
  const takings = takingsIn(body, code.file, cx);
  let refusal: Outcome<never> | undefined;
  for (const place of new Set(takings.map((taking) => taking.place))) {
    const plan = planHeap(place, takings.filter((taking) => taking.place === place), facts, code, cx); // prettier-ignore
    if (plan.ok) {
      const { edits, assumptions, costly } = plan.value;
      return ok({ title: `Make \`${place}\` a heap`, edits, cost: savingCost(facts.hotspot, placesOf(costly, code), 0.05, cx), assumptions, changed: [place] }); // prettier-ignore
    }
    refusal ??= plan;
  }
  return refusal;
}
