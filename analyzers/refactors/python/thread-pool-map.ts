import type { IoKind } from '../../types';
import type { Outcome } from '../../platform/result';
import { eachExpr } from '../../syntax/python-walk';
import { defineRefactor, type Context } from '../refactor';
import type { TaskMap } from '../task/task';
import { ownBacklog } from '../task/backlog';
import { ANSWERED, waitingOf } from '../task/calls';
import { sharedHandle } from '../task/handles';
import { planTaskMap, writeTaskMap, type TaskMatch } from '../task/map';
import { exprsIn } from '../task/names';
import { whyKeepPace } from '../task/pauses';

export const refactor = defineRefactor<TaskMatch>({
  id: 'thread-pool-map',
  family: 'thread-pool',
  title: 'Wait for several items at once in threads',

  match(facts, verdict, cx): Outcome<TaskMatch> | undefined {
    if (facts.ir.language !== 'python' || verdict.bottleneck !== 'io-wait') return undefined;
    const plan = planTaskMap(facts, cx, 'thread', false);
    if (!plan?.ok) return plan;
    const shared = sharedHandle(plan.value);
    if (!shared.ok) return shared;
    const paced = whyKeepPace(plan.value);
    if (paced) return { ok: false, refusal: paced };
    const kinds = waits(plan.value);
    const workers = workersFor(kinds, cx);
    const programs = kinds.has('subprocess') && kinds.size === 1;
    return writeTaskMap(plan.value, {
      executor: 'ThreadPoolExecutor',
      workers: programs ? 'cores' : workers,
      chunksize: null,
      title: `Wait for ${programs ? 'several programs' : `up to ${workers} items`} at once in threads`,
      cost: { kind: 'thread-pool', workers: Math.min(workers, facts.trips ?? workers) },
      assumptions: kinds.has('network') && !plan.value.split.assumptions.includes(ANSWERED) ? [ANSWERED] : [],
    });
  },

  rewrite: (match) => match.edits,
});

function waits({ split, facts }: TaskMap): Set<IoKind> {
  const exprs = [...split.hoists.flatMap((hoist) => [...eachExpr(hoist.expr)]), ...split.steps.flatMap((step) => [...exprsIn(step.stmt)])];
  return new Set(exprs.map((expr) => waitingOf(expr, facts)).filter((kind) => kind !== null));
}

/** Waiting for the network costs this machine nothing; disks answer few questions at once. The pool starts no more threads than it has items. */
function workersFor(kinds: ReadonlySet<IoKind>, cx: Context): number {
  if (!kinds.has('network')) return kinds.has('sleep') ? 32 : 8;
  // One is served while the others wait.
  return Math.min(32, (ownBacklog(cx) ?? 32) + 1);
}
