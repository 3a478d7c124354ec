import { defineRefactor } from '../refactor';
import { hoistPool, type PoolMatch } from '../task/pool-hoist';

export const refactor = defineRefactor<PoolMatch>({
  id: 'pool-hoist',
  family: 'anti-pattern',
  title: 'Make the pool once, before the loop',
  match: (facts, _verdict, cx) => hoistPool(facts.file, facts.hotspot.span, cx),
  matchFunction: (facts, _verdict, cx) => hoistPool(facts.file, facts.hotspot.span, cx),
  matchLine: (facts, _verdict, cx) => hoistPool(facts.file, facts.hotspot.span, cx),
  rewrite: (match) => match.edits,
});
