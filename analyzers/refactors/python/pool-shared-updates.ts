import { defineRefactor } from '../refactor';
import type { PoolMatch } from '../task/pool-hoist';
import { gatherFirst } from '../task/shared-updates';

export const refactor = defineRefactor<PoolMatch>({
  id: 'pool-shared-updates',
  family: 'anti-pattern',
  title: 'Gather in each worker, and share once',
  match: (facts, _verdict, cx) => gatherFirst(facts.file, facts.hotspot.span, cx),
  matchFunction: (facts, _verdict, cx) => gatherFirst(facts.file, facts.hotspot.span, cx),
  matchLine: (facts, _verdict, cx) => gatherFirst(facts.file, facts.hotspot.span, cx),
  rewrite: (match) => match.edits,
});
