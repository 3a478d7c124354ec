import type { Outcome } from '../../platform/result';
import type { ArrayMatch } from '../array/match';
import { planArrays } from '../array/plan';
import { defineRefactor } from '../refactor';

/** Loops and comprehensions that give one value for each trip, as array operations. */
export const refactor = defineRefactor<ArrayMatch>({
  id: 'vectorize-elementwise',
  family: 'vectorize',
  title: 'Vectorize with NumPy',
  match: (facts, verdict, cx): Outcome<ArrayMatch> | undefined =>
    verdict.bottleneck === 'io-wait' ? undefined : planArrays(facts, cx, 'elementwise'),
  rewrite: (match) => match.edits,
});
