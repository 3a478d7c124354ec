import type { Expr, LoopFacts, Verdict } from '../../types';
import { refuse, type Outcome } from '../../platform/result';
import { sameSpan } from '../../platform/span';
import { formatSeconds, seconds } from '../../platform/units';
import { eachStmt, spaceExprs } from '../../syntax/python-walk';
import { defineRefactor, type Context } from '../refactor';
import type { TaskMap } from '../task/task';
import { planTaskMap, writeTaskMap, type TaskMatch } from '../task/map';
import { namesOf } from '../task/names';

/** Below this a trip costs less than handing one item to a worker, even in large pieces; above it, the benchmark decides. */
const tiniestTask = 1e-6;
/** From here on a message for each item is a small price for errors that arrive at the very item that failed. */
const middlingTask = 0.002;
/** From here on an item is worth a message of its own, which balances the workers best. */
const largeTask = 0.02;

const bottlenecks: readonly Verdict['bottleneck'][] = ['cpu-python', 'cpu-native', 'mixed', 'gil', 'overhead', 'memory'];

export const refactor = defineRefactor<TaskMatch>({
  id: 'process-pool-map',
  family: 'process-pool',
  title: 'Share out over a process pool',

  match(facts, verdict, cx): Outcome<TaskMatch> | undefined {
    if (facts.ir.language !== 'python' || !bottlenecks.includes(verdict.bottleneck)) return undefined;
    const counted = facts.trips === null || facts.trips === 0 ? null : facts.hotspot.seconds / facts.trips;
    const timed = facts.evidence?.tripSeconds ?? null;
    const perTrip = timed?.median ?? counted;
    const oneByOne = (perTrip !== null && perTrip >= largeTask) || (facts.trips !== null && facts.trips <= 16);
    const plan = planTaskMap(facts, cx, 'process', oneByOne ? false : perTrip !== null && perTrip >= middlingTask ? 'if-exact' : true);
    if (!plan?.ok) return plan;
    if (perTrip !== null && perTrip < tiniestTask) {
      return refuse(
        'tiny-tasks',
        `One trip takes ${formatSeconds(seconds(perTrip))}; sending its item to another process and back costs more.`,
        'Vectorize or compile the loop; a process pool needs larger pieces of work.',
        facts.ir.span,
      );
    }
    // A search throws away what was begun behind the item that it finds.
    const uneven = timed === null ? isUneven(plan.value) : isSpread(timed);
    const perWorker = plan.value.split.exit ? 64 : uneven ? 16 : 4;
    const assumptions = cx.isMain(facts.file) ? [] : ['The script that is started keeps its own work under `if __name__ == "__main__":`.'];
    const maps = entriesOf(facts);
    return writeTaskMap(plan.value, {
      executor: 'ProcessPoolExecutor',
      workers: null,
      chunksize: !plan.value.pieces ? null : (length, os) => `max(1, ${length} // (${perWorker} * (${os}.cpu_count() or 1)))`,
      title: 'Share out over a process pool',
      cost: {
        kind: 'process-pool',
        argumentBytes: argumentBytes(plan.value, perWorker, maps),
        chunks: plan.value.pieces,
        starts: startsOf(plan.value),
        maps,
      },
      assumptions,
    });
  },

  rewrite: (match) => match.edits,
});

/** Tasks that may end early or loop for as long as their item asks for differ in cost: they need smaller pieces to be shared out evenly. */
function isUneven({ split, facts, cx }: TaskMap): boolean {
  return split.hoists.some(({ expr }) => expr.kind === 'call' && hasUnevenLoop(expr.callee, facts, cx));
}

function hasUnevenLoop(callee: Expr, facts: LoopFacts, cx: Context): boolean {
  const own = cx.functionOf(callee, facts.file);
  const params = new Set(own?.params.map((param) => param.name));
  return [...eachStmt(own?.body ?? [])].some((stmt) => {
    if (stmt.kind !== 'loop') return false;
    return stmt.loop.space.kind === 'while' || [...namesOf({ exprs: spaceExprs(stmt.loop.space) }).reads].some((name) => params.has(name));
  });
}

const scalarBytes: Record<string, number> = { int: 5, float: 9, bool: 1, NoneType: 1, float64: 9, int64: 5 };

/** The median of such trips says little of what all of them take. */
const isSpread = ({ median, p90 }: { median: number; p90: number }): boolean => p90 > 3 * median;

/** How often a loop is begun: as often as was seen, and where nobody watched to the end, as its time tells. */
function entriesOf({ hotspot, evidence }: LoopFacts): number {
  if (!evidence) return 1;
  const { tripSeconds, tripsPerEntry } = evidence;
  const trip = tripSeconds === null ? 0 : isSpread(tripSeconds) ? tripSeconds.p90 : tripSeconds.median;
  const each = trip * tripsPerEntry.most;
  return Math.max(1, evidence.entries, each > 0 ? Math.round(hotspot.seconds / each) : 0);
}

/** A pool is started each time that the loops around which it stands are begun. */
function startsOf({ facts, around, cx }: TaskMap): number {
  const outer = around === null ? facts : cx.loops?.find(({ file, ir }) => file === facts.file && sameSpan(ir.span, around.span));
  return outer ? entriesOf(outer) : 1;
}

/** What goes to the workers: the items once, what all of them need to each worker, and what is bound to the function in every message. */
function argumentBytes({ handoff, facts, pieces, cx }: TaskMap, perWorker: number, maps: number): number {
  const trips = facts.trips ?? 1000;
  const items = handoff.sent.reduce((sum, column) => {
    const value = facts.values[column.iterable];
    const element = value?.elements?.[0] ?? value?.dtype ?? (column.iterable.startsWith('range') ? 'int' : undefined);
    return sum + trips * (element === undefined ? 64 : (scalarBytes[element] ?? 64));
  }, 0);
  const bytesOf = (name: string): number => {
    const seen = facts.evidence?.pickled[name];
    if (seen && 'bytes' in seen) return seen.bytes;
    const value = facts.values[name];
    return 9 * (value?.shape ? value.shape.reduce((product, extent) => product * extent, 1) : (value?.length ?? 1));
  };
  const total = (names: readonly string[]): number => names.reduce((sum, name) => sum + bytesOf(name), 0);
  const messages = pieces ? perWorker * cx.machine.cores * maps : Math.max(trips, maps);
  return Math.round(items + total([...handoff.shared]) + messages * total([...handoff.given]));
}
