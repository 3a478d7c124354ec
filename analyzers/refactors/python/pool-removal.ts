import type { Verdict } from '../../types';
import { defineRefactor } from '../refactor';
import type { PoolMatch } from '../task/pool-hoist';
import { removePool } from '../task/pool-removal';

/** The profile says that handing work over takes the time, or the interpreter's lock does. */
const wasted = (verdict: Verdict): boolean => ['overhead', 'gil', 'mixed'].includes(verdict.bottleneck);

export const refactor = defineRefactor<PoolMatch>({
  id: 'pool-removal',
  family: 'anti-pattern',
  title: 'Do it in a plain loop, without the pool',
  match: (facts, verdict, cx) => (wasted(verdict) ? removePool(facts.file, facts.hotspot.span, cx) : undefined),
  matchFunction: (facts, verdict, cx) => (wasted(verdict) ? removePool(facts.file, facts.hotspot.span, cx) : undefined),
  matchLine: (facts, verdict, cx) => (wasted(verdict) ? removePool(facts.file, facts.hotspot.span, cx) : undefined),
  rewrite: (match) => match.edits,
});
