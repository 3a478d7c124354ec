import { ok, type Outcome } from '../../platform/result';
import { finishFunction } from '../algorithm/callers';
import { codeOf, codeOfFunction } from '../algorithm/code';
import { finish, type EditMatch } from '../algorithm/edit';
import { exprsIn, planFirstItems } from '../algorithm/first-items';
import { isLazy, tripExprs, waitsForIo } from '../algorithm/loop';
import { defineRefactor } from '../refactor';

/** A list that a hot loop, or a function that it calls, sorts for its first items alone. */
export const refactor = defineRefactor<EditMatch>({
  id: 'sorted-first',
  family: 'algorithm',
  title: 'Take the first without sorting all',

  match(facts, verdict, cx): Outcome<EditMatch> | undefined {
    const code = codeOf(facts, cx);
    if (facts.ir.language !== 'python' || waitsForIo(verdict, facts) || code === null || isLazy(facts)) return undefined;
    const draft = planFirstItems(tripExprs(facts.ir), facts.ir.body, facts, code, cx);
    return draft?.ok === true ? ok(finish(facts, code, draft.value)) : draft;
  },

  matchFunction(facts, verdict, cx): Outcome<EditMatch> | undefined {
    if (waitsForIo(verdict, facts) || cx.syntax(facts.file).language === 'javascript') return undefined;
    const code = codeOfFunction(facts.function, cx);
    const draft = planFirstItems(exprsIn(code.body), code.body, facts, code, cx);
    return draft?.ok === true ? finishFunction(facts.function, draft.value, cx) : draft;
  },

  rewrite: (match) => match.edits,
});
