import { defineRefactor } from '../refactor';
import { batchTasks } from '../task/pool-batch';
import type { PoolMatch } from '../task/pool-hoist';

export const refactor = defineRefactor<PoolMatch>({
  id: 'pool-apply-to-map',
  family: 'anti-pattern',
  title: 'Give the pool all tasks at once',
  match: (facts, _verdict, cx) => batchTasks(facts, cx),
  rewrite: (match) => match.edits,
});
