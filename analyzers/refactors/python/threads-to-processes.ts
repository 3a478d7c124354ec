import type { Verdict } from '../../types';
import { defineRefactor } from '../refactor';
import type { PoolMatch } from '../task-pool-hoist';
import { threadsToProcesses } from '../task-pool-processes';

/** Threads that wait are left alone. */
const computes = (verdict: Verdict): boolean => ['cpu-python', 'gil', 'mixed', 'overhead', 'parallel-already'].includes(verdict.bottleneck);

export const refactor = defineRefactor<PoolMatch>({
  id: 'threads-to-processes',
  family: 'anti-pattern',
  title: 'Compute in processes, not in threads',
  match: (facts, verdict, cx) => (computes(verdict) ? threadsToProcesses(facts.file, facts.hotspot.span, cx) : undefined),
  matchFunction: (facts, verdict, cx) => (computes(verdict) ? threadsToProcesses(facts.file, facts.hotspot.span, cx) : undefined),
  matchLine: (facts, verdict, cx) => (computes(verdict) ? threadsToProcesses(facts.file, facts.hotspot.span, cx) : undefined),
  rewrite: (match) => match.edits,
});
