import type { Outcome } from '../../platform/result';
import type { ArrayMatch } from '../array/match';
import { planArrays } from '../array/plan';
import { defineRefactor } from '../refactor';

/** Loops that boil many values down to a few: sums, counts, extremes, any and all. */
export const refactor = defineRefactor<ArrayMatch>({
  id: 'vectorize-reduction',
  family: 'vectorize',
  title: 'Vectorize with NumPy',
  match: (facts, verdict, cx): Outcome<ArrayMatch> | undefined => (verdict.bottleneck === 'io-wait' ? undefined : planArrays(facts, cx, 'reduction')),
  rewrite: (match) => match.edits,
});
