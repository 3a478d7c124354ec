import type { Outcome } from '../../platform/result';
import { codeOf } from '../algorithm/code';
import type { EditMatch } from '../algorithm/edit';
import { isLazy, waitsForIo } from '../algorithm/loop';
import { planRunning } from '../algorithm/running';
import { defineRefactor } from '../refactor';

/** `sum(items[a:b])` or `max(items[:b])` in a hot loop. */
export const refactor = defineRefactor<EditMatch>({
  id: 'slice-sums',
  family: 'algorithm',
  title: 'Work out running sums once',

  match(facts, verdict, cx): Outcome<EditMatch> | undefined {
    const code = codeOf(facts, cx);
    if (facts.ir.language !== 'python' || waitsForIo(verdict, facts) || code === null || isLazy(facts)) return undefined;
    return planRunning(facts, code, cx);
  },

  rewrite: (match) => match.edits,
});
