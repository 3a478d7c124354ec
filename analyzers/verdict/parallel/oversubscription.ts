/** More workers than cores, because workers start workers of their own. */
import { eachExpr, stmtExprs } from '../../syntax/python-walk';
import type { Expr } from '../../types';
import { reachedFrom } from './reach';
import { lineOf, once, stretchOf, type Found, type Rule, type Scene } from './rule';
import { isWorkers, onProcesses } from './things';
import { busyOf, shareText, timeText } from './weight';

/** A pool made inside of what a pool runs. */
export const nestedPools: Rule = ({ program, profile, launches }) => {
  const children = new Map(profile.processes.map((process) => [process.pid, process]));
  const grandchildren = profile.processes.filter((process) => children.get(process.parent)?.kind === 'child').length;
  if (grandchildren === 0) return [];
  return once(
    launches.filter((launch) => launch.on === 'process' && launch.worker !== null),
    (launch) => launch.worker,
  ).flatMap((launch): Found[] => {
    if (!launch.worker) return [];
    for (const { owner } of reachedFrom(program, launch.worker)) {
      for (const site of program.callsIn(owner)) {
        const made = program.thingOf(site.call, site);
        if (made?.call !== site.call || !(isWorkers(made.kind) && onProcesses(made.kind))) continue;
        const most = profile.timeline.reduce((highest, sample) => Math.max(highest, sample.processes), 0);
        return [
          {
            file: site.module.file,
            span: site.call.span,
            why: `Line ${lineOf(site.call.span)} makes a pool inside of ${launch.worker.name}, which already runs in the pool of line ${lineOf(launch.site.call.span)}: up to ${most} processes ran at once, ${grandchildren} of them started by workers.`,
            toDo: 'Keep one pool, at the outer level, and let its tasks work alone.',
            certainty: 'measured',
          },
        ];
      }
    }
    return [];
  });
};

/** What the linear algebra library under NumPy runs on threads of its own. */
const LINEAR_ALGEBRA = /^(numpy|scipy|cupy)\.(linalg\.|(dot|matmul|inner|tensordot|einsum|vdot)$)/;
const LIMITS = ['OMP_NUM_THREADS', 'OPENBLAS_NUM_THREADS', 'MKL_NUM_THREADS', 'BLIS_NUM_THREADS', 'VECLIB_MAXIMUM_THREADS'];
/** What a program has without it: the main thread and those that feed a pool. */
const POOL_THREADS = 4;

export const blasOversubscription: Rule = (scene) => {
  const { program, profile, launches, weight } = scene;
  if (LIMITS.some((name) => scene.environment.has(name)) || limitsThreads(scene)) return [];
  return once(
    launches.filter((launch) => launch.many && launch.worker !== null),
    (launch) => launch.worker,
  ).flatMap((launch): Found[] => {
    if (!launch.worker) return [];
    const most = profile.timeline.reduce((highest, sample) => (sample.threads > highest.threads ? sample : highest), { threads: 0, processes: 1 });
    const workers = launch.on === 'process' ? most.processes - 1 : 1;
    // Each worker with at least one thread more than it needs.
    if (launch.on !== 'process' || workers < 2 || most.threads - most.processes - POOL_THREADS < workers) return [];
    for (const { owner } of reachedFrom(program, launch.worker)) {
      const module = program.moduleOf(owner);
      if (!module) continue;
      for (const site of program.statementsIn(owner)) {
        const algebra = stmtExprs(site.statement)
          .flatMap((top) => [...eachExpr(top)])
          .find((expr) => isAlgebra(scene, expr));
        if (!algebra) continue;
        const cost = weight.at([stretchOf(module, { start: algebra.span.start, end: algebra.span.start })]);
        if (cost.native < 0.5 * busyOf(cost) || !weight.matters(cost.native, 0.2)) continue;
        return [
          {
            file: module.file,
            span: algebra.span,
            why: `Line ${lineOf(algebra.span)} runs linear algebra in ${workers} worker processes, and the library under NumPy starts threads of its own in each: ${most.threads} threads shared the cores; ${shareText(cost.native, profile.run.seconds)} of the run, ${timeText(cost.native)}, is there.`,
            toDo: 'Set OMP_NUM_THREADS=1 before NumPy is imported (or threadpoolctl.threadpool_limits in each worker), or leave the parallel work to the library and drop the pool.',
            certainty: 'likely',
            share: weight.share(cost.native),
          },
        ];
      }
    }
    return [];
  });
};

function isAlgebra({ program }: Scene, expr: Expr): boolean {
  if (expr.kind === 'binary') return expr.op === '@';
  const path = expr.kind === 'call' ? program.calls.find((site) => site.call === expr)?.path : null;
  return typeof path === 'string' && LINEAR_ALGEBRA.test(path);
}

/** The program already says how many threads there may be. */
function limitsThreads({ program }: Scene): boolean {
  const names = (expr: Expr): boolean => expr.kind === 'string' && LIMITS.includes(expr.text.slice(1, -1));
  return (
    program.calls.some(({ path }) => path?.startsWith('threadpoolctl.') === true) ||
    program.statements.some(({ statement }) => stmtExprs(statement).some((top) => [...eachExpr(top)].some(names))) ||
    program.calls.some(({ call }) => call.keywords.some((keyword) => LIMITS.includes(keyword.name)))
  );
}
