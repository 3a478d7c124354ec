import type { Outcome } from '../../platform/result';
import type { EditMatch } from '../algorithm/edit';
import { planHoist } from '../algorithm/hoist';
import { waitsForIo } from '../algorithm/loop';
import { defineRefactor } from '../refactor';

/** A call or comprehension in a hot loop that gives the same in every trip. */
export const refactor = defineRefactor<EditMatch>({
  id: 'hoist-invariant',
  family: 'algorithm',
  title: 'Do it once, before the loop',
  match: (facts, verdict, cx): Outcome<EditMatch> | undefined =>
    facts.ir.language !== 'python' || waitsForIo(verdict, facts) ? undefined : planHoist(facts, cx),
  rewrite: (match) => match.edits,
});
