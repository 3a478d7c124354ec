import type { EditMatch } from '../algorithm/edit';
import { commitOutside } from '../database/callee-commits';
import { commitOnce } from '../database/commits';
import { defineRefactor } from '../refactor';

export const refactor = defineRefactor<EditMatch>({
  id: 'sqlite-batch',
  family: 'chunk',
  title: 'Store all rows in one transaction',
  match: (facts, _verdict, cx) => (facts.ir.language === 'python' ? (commitOnce(facts, cx) ?? commitOutside(facts, cx)) : undefined),
  rewrite: (match) => match.edits,
});
