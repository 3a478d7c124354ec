import type { Verdict } from '../../types';
import type { Outcome } from '../../platform/result';
import { eachExpr } from '../../syntax/python-walk';
import { defineRefactor } from '../refactor';
import type { TaskMap } from '../task/task';
import { sharedHandle } from '../task/handles';
import { planTaskMap, writeTaskMap, type TaskMatch } from '../task/map';
import { exprsIn } from '../task/names';
import { releasesLock } from '../task/native';

const bottlenecks: readonly Verdict['bottleneck'][] = ['cpu-native', 'mixed', 'memory'];

export const refactor = defineRefactor<TaskMatch>({
  id: 'thread-native-map',
  family: 'thread-pool',
  title: 'Run native code in several threads',

  match(facts, verdict, cx): Outcome<TaskMatch> | undefined {
    if (facts.ir.language !== 'python' || !bottlenecks.includes(verdict.bottleneck)) return undefined;
    const plan = planTaskMap(facts, cx, 'thread', false);
    if (!plan?.ok) return plan;
    if (!callsNative(plan.value)) return undefined;
    const shared = sharedHandle(plan.value);
    if (!shared.ok) return shared;
    return writeTaskMap(plan.value, {
      executor: 'ThreadPoolExecutor',
      workers: 'cores',
      chunksize: null,
      title: 'Run native code in one thread a core',
      // What the interpreter does between two native calls still takes turns.
      cost: { kind: 'factor', low: 0.9, high: Math.max(1.1, cx.machine.cores) },
      assumptions: [],
    });
  },

  rewrite: (match) => match.edits,
});

function callsNative({ split, facts, cx }: TaskMap): boolean {
  const exprs = [...split.hoists.flatMap((hoist) => [...eachExpr(hoist.expr)]), ...split.steps.flatMap((step) => [...exprsIn(step.stmt)])];
  return exprs.some((expr) => releasesLock(expr, facts.file, cx));
}
