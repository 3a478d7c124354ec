import type { Outcome } from '../../platform/result';
import { codeOf } from '../algorithm/code';
import type { EditMatch } from '../algorithm/edit';
import { planIndex, scansIn } from '../algorithm/lookup';
import { isLazy, loopsAround, waitsForIo } from '../algorithm/loop';
import { planLastingIndex, planIndexForCallees } from '../algorithm/lookup-calls';
import { defineRefactor } from '../refactor';

/** An inner loop that goes through all of a list for the items with a given key. */
export const refactor = defineRefactor<EditMatch>({
  id: 'lookup-dict',
  family: 'algorithm',
  title: 'Index by key',

  match(facts, verdict, cx): Outcome<EditMatch> | undefined {
    const code = codeOf(facts, cx);
    if (facts.ir.language !== 'python' || waitsForIo(verdict, facts) || code === null || isLazy(facts)) return undefined;
    let refusal: Outcome<EditMatch> | undefined;
    for (const scan of scansIn(facts.ir)) {
      if (loopsAround(facts, cx).some((outer) => scansIn(outer.ir).some((each) => each.inner === scan.inner) && planIndex(scan, outer, code, cx).ok))
        continue;
      const plan = planIndex(scan, facts, code, cx);
      if (plan.ok) return plan;
      refusal ??= plan;
    }
    return refusal ?? planIndexForCallees(facts, code, cx);
  },

  matchFunction: (facts, verdict, cx): Outcome<EditMatch> | undefined =>
    waitsForIo(verdict, facts) || cx.syntax(facts.file).language === 'javascript' ? undefined : planLastingIndex(facts, cx),

  rewrite: (match) => match.edits,
});
