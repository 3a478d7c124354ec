import type { Outcome } from '../../platform/result';
import { planFunction } from '../compile/function';
import type { CompileMatch } from '../compile/match';
import { defineRefactor } from '../refactor';

/** Functions of numbers, lists and arrays that Numba can compile as they are. */
export const refactor = defineRefactor<CompileMatch>({
  id: 'njit-function',
  family: 'compile',
  title: 'Compile the function with Numba',
  matchFunction: (facts, verdict, cx): Outcome<CompileMatch> | undefined => (verdict.bottleneck === 'io-wait' ? undefined : planFunction(facts, cx)),
  rewrite: (match) => match.edits,
});
