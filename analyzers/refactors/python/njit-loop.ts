import type { Outcome } from '../../platform/result';
import { planLoop } from '../compile/loop';
import type { CompileMatch } from '../compile/match';
import { defineRefactor } from '../refactor';

/** Loops over numbers that Numba can compile, taken out of what cannot be. */
export const refactor = defineRefactor<CompileMatch>({
  id: 'njit-loop',
  family: 'compile',
  title: 'Compile the loop with Numba',
  match: (facts, verdict, cx): Outcome<CompileMatch> | undefined => (verdict.bottleneck === 'io-wait' ? undefined : planLoop(facts, cx)),
  rewrite: (match) => match.edits,
});
