import type { Span, Verdict } from '../../types';
import type { Outcome } from '../../platform/result';
import { defineRefactor, type Context } from '../refactor';
import type { PoolMatch } from '../task/pool-hoist';
import { threadsToProcesses } from '../task/pool-processes';
import { threadListToProcesses } from '../task/thread-processes';

/** Threads that wait are left alone. */
const computes = (verdict: Verdict): boolean => ['cpu-python', 'gil', 'mixed', 'overhead', 'parallel-already'].includes(verdict.bottleneck);

export const refactor = defineRefactor<PoolMatch>({
  id: 'threads-to-processes',
  family: 'anti-pattern',
  title: 'Compute in processes, not in threads',
  match: (facts, verdict, cx) => inProcesses(facts.file, facts.hotspot.span, verdict, cx),
  matchFunction: (facts, verdict, cx) => inProcesses(facts.file, facts.hotspot.span, verdict, cx),
  matchLine: (facts, verdict, cx) => inProcesses(facts.file, facts.hotspot.span, verdict, cx),
  rewrite: (match) => match.edits,
});

function inProcesses(file: string, hot: Span, verdict: Verdict, cx: Context): Outcome<PoolMatch> | undefined {
  return computes(verdict) ? (threadsToProcesses(file, hot, cx) ?? threadListToProcesses(file, hot, cx)) : undefined;
}
