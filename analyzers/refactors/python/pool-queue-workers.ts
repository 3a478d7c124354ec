import type { Span, Verdict } from '../../types';
import type { Outcome } from '../../platform/result';
import { defineRefactor, type Context } from '../refactor';
import type { PoolMatch } from '../task/pool-hoist';
import { removeQueues } from '../task/queue-removal';

/** Workers that are kept busy, or that wait, are left alone. */
const wasted = (verdict: Verdict): boolean => ['overhead', 'gil', 'mixed', 'cpu-python'].includes(verdict.bottleneck);

export const refactor = defineRefactor<PoolMatch>({
  id: 'pool-queue-workers',
  family: 'anti-pattern',
  title: 'Do it in one loop, without workers and queues',
  match: (facts, verdict, cx) => ask(facts.file, facts.hotspot.span, verdict, cx),
  matchFunction: (facts, verdict, cx) => ask(facts.file, facts.hotspot.span, verdict, cx),
  matchLine: (facts, verdict, cx) => ask(facts.file, facts.hotspot.span, verdict, cx),
  rewrite: (match) => match.edits,
});

const ask = (file: string, hot: Span, verdict: Verdict, cx: Context): Outcome<PoolMatch> | undefined =>
  wasted(verdict) ? removeQueues(file, hot, cx) : undefined;
