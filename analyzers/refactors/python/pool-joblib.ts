import type { Span, Verdict } from '../../types';
import type { Outcome } from '../../platform/result';
import { defineRefactor, type Context } from '../refactor';
import { plainerJoblib } from '../task/joblib';
import type { PoolMatch } from '../task/pool-hoist';

const busy = (verdict: Verdict): boolean => ['cpu-python', 'gil', 'mixed', 'overhead', 'parallel-already'].includes(verdict.bottleneck);

export const refactor = defineRefactor<PoolMatch>({
  id: 'pool-joblib',
  family: 'anti-pattern',
  title: 'Let joblib compute in processes, or not at all',
  match: (facts, verdict, cx) => ask(facts.file, facts.hotspot.span, verdict, cx),
  matchFunction: (facts, verdict, cx) => ask(facts.file, facts.hotspot.span, verdict, cx),
  matchLine: (facts, verdict, cx) => ask(facts.file, facts.hotspot.span, verdict, cx),
  rewrite: (match) => match.edits,
});

const ask = (file: string, hot: Span, verdict: Verdict, cx: Context): Outcome<PoolMatch> | undefined =>
  busy(verdict) ? plainerJoblib(file, hot, verdict, cx) : undefined;
