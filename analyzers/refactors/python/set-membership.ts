import type { Outcome } from '../../platform/result';
import type { EditMatch } from '../algorithm/edit';
import { planMembership } from '../algorithm/membership';
import { planLastingMembership, planMembershipOfCallees } from '../algorithm/outliving';
import { waitsForIo } from '../algorithm/loop';
import { defineRefactor } from '../refactor';

/** `x in items` in a hot loop, or in a function that a hot loop calls, where `items` is a list. */
export const refactor = defineRefactor<EditMatch>({
  id: 'set-membership',
  family: 'algorithm',
  title: 'Look up in a set',
  match: (facts, verdict, cx): Outcome<EditMatch> | undefined =>
    facts.ir.language !== 'python' || waitsForIo(verdict, facts) ? undefined : (planMembership(facts, cx) ?? planMembershipOfCallees(facts, cx)),
  matchFunction: (facts, verdict, cx): Outcome<EditMatch> | undefined =>
    waitsForIo(verdict, facts) || cx.syntax(facts.file).language === 'javascript' ? undefined : planLastingMembership(facts, cx),
  rewrite: (match) => match.edits,
});
