import { defineRefactor } from '../refactor';
import type { PoolMatch } from '../task/pool-hoist';
import { waitInstead } from '../task/polling';

export const refactor = defineRefactor<PoolMatch>({
  id: 'pool-polling',
  family: 'anti-pattern',
  title: 'Wait for the results in place of asking for them',
  match: (facts, _verdict, cx) => (facts.ir.language === 'python' ? waitInstead(facts, cx) : undefined),
  rewrite: (match) => match.edits,
});
