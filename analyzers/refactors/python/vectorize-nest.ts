import type { Outcome } from '../../platform/result';
import type { ArrayMatch } from '../array/match';
import { planNest } from '../array/nest';
import { defineRefactor } from '../refactor';

/** Loops in loops over rows and columns, as operations on arrays of two axes. */
export const refactor = defineRefactor<ArrayMatch>({
  id: 'vectorize-nest',
  family: 'vectorize',
  title: 'Vectorize both loops with NumPy',
  match: (facts, verdict, cx): Outcome<ArrayMatch> | undefined => (verdict.bottleneck === 'io-wait' ? undefined : planNest(facts, cx)),
  rewrite: (match) => match.edits,
});
