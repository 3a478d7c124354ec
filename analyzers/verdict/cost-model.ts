import type { CostModel, FunctionFacts, IndexSpace, Interval, LineFacts, LoopFacts, Machine, Profile } from '../types';
import { interval } from '../platform/units';

/** What an element-wise operation costs where NumPy was not there to be measured: seconds an element. */
const NUMPY_ELEMENT = 2e-9;
const LIST_TO_ARRAY_ELEMENT = 3e-8;
const NUMPY_IMPORT = 0.12;
/** One operation on a short array, and what asks for types and sizes before the first: seconds. */
const NUMPY_CALL = 1e-6;
const NUMPY_ENTRY = 3e-6;
/** Pickled result of one task where it is a number, and what an item costs besides its bytes: a plain number little, a NumPy scalar ten times that. */
const RESULT_BYTES = 10;
const POOL_ITEM = 5e-7;
const POOL_SCALAR_ITEM = 5e-6;
const POOL_CHUNKS = 4;
/** Importing Numba in imports of NumPy; compiling a kernel where an operation of the interpreter takes the usual time. */
const NUMBA_IMPORT = 2;
const USUAL_OPERATION = 3e-8;
const COMPILE_START = 0.4;
const COMPILE_STATEMENT = 0.02;
const COMPILE_ARRAY = 0.06;

type Hot = LoopFacts | FunctionFacts | LineFacts;
interface Parts {
  /** The whole run, and the hot part of it. */
  total: number;
  hot: number;
  wait: number;
  trips: number;
  /** Processors that the run keeps busy already, at least one. */
  busy: number;
}

/** Trips of the loop: counted, or guessed from its time and what one trip took in the watched run, or the operations of one. */
function tripsOf(facts: Hot, operations: number, hot: number, machine: Machine): number {
  if (!('ir' in facts)) return hot / (Math.max(1, operations + 2) * machine.pythonOperation);
  if (facts.trips !== null && facts.trips > 0) return facts.trips;
  const known =
    facts.ir.space.kind === 'range'
      ? lengthOf(facts, facts.ir.space.stop)
      : facts.ir.space.kind === 'sequence'
        ? lengthOf(facts, facts.ir.space.value)
        : null;
  if (known !== null) return known;
  const trip = facts.evidence?.tripSeconds?.median ?? 0;
  return trip > 0 ? Math.max(1, hot / trip) : hot / (Math.max(1, operations + 2) * machine.pythonOperation);
}

/** All trips of a loop that is entered again and again, as a watched run saw it: each entry pays for its own arrays and calls. */
function entriesOf(facts: Hot, operations: number, hot: number, machine: Machine): { trips: number; entries: number } {
  const evidence = 'ir' in facts ? facts.evidence : undefined;
  const trip = evidence?.tripSeconds?.median ?? 0;
  const each = evidence?.tripsPerEntry.median ?? 0;
  if (!evidence || evidence.entries < 2 || trip <= 0 || each <= 0) return { trips: tripsOf(facts, operations, hot, machine), entries: 1 };
  const trips = Math.max(1, hot / trip);
  return { trips, entries: Math.max(1, trips / each) };
}

/** A number or the length of a sampled value, where the expression is a plain name or literal. */
function lengthOf(facts: LoopFacts, expr: { kind: string; text?: string; name?: string }): number | null {
  if (expr.kind === 'number' && expr.text !== undefined) return Number(expr.text.replaceAll('_', '')) || null;
  const value = expr.kind === 'name' && expr.name !== undefined ? facts.values[expr.name] : undefined;
  return value?.value ?? value?.length ?? value?.shape?.[0] ?? null;
}

/** Iterating over an array gives NumPy scalars, which are pickled one by one. */
function iteratesArray(space: IndexSpace, facts: LoopFacts): boolean {
  switch (space.kind) {
    case 'sequence':
      return space.value.kind === 'name' && facts.values[space.value.name]?.type === 'ndarray';
    case 'zip':
      return space.parts.some((part) => iteratesArray(part, facts));
    case 'enumerate':
    case 'reversed':
      return iteratesArray(space.of, facts);
    default:
      return false;
  }
}

/** Optimistic, likely and pessimistic seconds of the hot part after the change. */
function newSeconds(cost: CostModel, facts: Hot, parts: Parts, machine: Machine): [number, number, number] {
  switch (cost.kind) {
    case 'vectorize': {
      const convert = machine.listToArrayElement ?? LIST_TO_ARRAY_ELEMENT;
      const { trips, entries } = entriesOf(facts, cost.operations, parts.hot, machine);
      const calls = entries * (NUMPY_ENTRY + cost.operations * NUMPY_CALL);
      const elements = trips * cost.operations * (machine.numpyElement ?? NUMPY_ELEMENT) + calls;
      const conversions = trips * convert * (cost.listInputs + (cost.listOutput ? 1.5 : 0));
      const start = cost.importsNumpy ? (machine.numpyImport ?? NUMPY_IMPORT) : 0;
      // An operation may be an addition or an arcsine: a factor of ten lies between them.
      return [0.5 * elements + conversions + start, 2 * elements + conversions + start, 8 * elements + 1.5 * conversions + start];
    }
    case 'process-pool': {
      // What libraries do on several cores already leaves fewer to the workers.
      const workers = Math.max(1, machine.cores / parts.busy);
      const cores = Math.max(1, Math.min(machine.cores, machine.effectiveCores) / parts.busy);
      const trips = tripsOf(facts, 1, parts.hot, machine);
      const start = (cost.starts ?? 1) * (machine.poolStart.fork ?? machine.poolStart.forkserver ?? machine.poolStart.spawn ?? 0.1);
      const chunks = cost.chunks ? POOL_CHUNKS * machine.cores * (cost.maps ?? 1) : trips;
      const moved =
        (cost.argumentBytes + trips * RESULT_BYTES) / machine.pickleBytesPerSecond +
        trips * ('ir' in facts && iteratesArray(facts.ir.space, facts) ? POOL_SCALAR_ITEM : POOL_ITEM);
      const messages = chunks * machine.poolMessage;
      const spread = (parts.hot / cores) * (1 + 1 / Math.max(1, chunks));
      const ideal = parts.hot / workers;
      return [start + 0.5 * (moved + messages) + ideal, start + moved + messages + spread, 3 * start + 4 * moved + 2 * messages + 1.5 * spread];
    }
    case 'thread-pool': {
      const trips = Math.max(1, tripsOf(facts, 1, parts.hot, machine));
      const workers = Math.max(1, Math.min(cost.workers, trips));
      // Tasks go in waves: the last one is as long as a full one.
      const waits = (parts.wait * Math.ceil(trips / workers)) / trips;
      const busy = Math.max(0, parts.hot - parts.wait);
      const tasks = trips * machine.threadTask;
      return [waits + 0.5 * busy + tasks, waits + busy + tasks, 2 * waits + 1.5 * busy + 3 * tasks + 0.02];
    }
    case 'compile': {
      // Numba and its compiler are Python: they are slow where the interpreter is.
      const pace = Math.min(4, Math.max(0.3, machine.pythonOperation / USUAL_OPERATION));
      const numpy = machine.numpyImport ?? NUMPY_IMPORT;
      const start = NUMBA_IMPORT * numpy + (cost.importsNumpy ? numpy : 0);
      const compile = (COMPILE_START + COMPILE_STATEMENT * cost.statements + COMPILE_ARRAY * (cost.arrays ?? 0)) * pace;
      // On whole arrays NumPy runs compiled code already: only what it does between its operations is saved.
      const native = cost.arrays ? Math.min(parts.hot, facts.hotspot.native) : 0;
      const python = parts.hot - native;
      const convert = cost.listItems * (machine.listToArrayElement ?? LIST_TO_ARRAY_ELEMENT);
      return [
        0.8 * start + 0.6 * compile + convert + python / 120 + native / 8,
        start + compile + convert + python / 30 + native / 3,
        1.5 * start + 2 * compile + 2 * convert + python / 5 + native,
      ];
    }
    case 'factor':
      return [parts.hot / cost.high, parts.hot / Math.sqrt(cost.low * cost.high), parts.hot / cost.low];
  }
}

/**
 * The whole run's ratio that a change is expected to give. It ranks and prunes, it never proves: the range is wide on purpose, as in-sample errors of such
 * models are about a quarter.
 */
export function predict(cost: CostModel, facts: Hot, profile: Profile, machine: Machine): Interval {
  const total = Math.max(profile.run.seconds, 1e-3);
  const hot = Math.min(total, Math.max(facts.hotspot.seconds, 0));
  const parts: Parts = {
    total,
    hot,
    wait: Math.min(hot, facts.hotspot.wait),
    trips: 'ir' in facts ? (facts.trips ?? 0) : 0,
    busy: Math.max(1, profile.run.cpuSeconds / total),
  };
  const rest = Math.max(total - hot, 0.02);
  const [best, likely, worst] = newSeconds(cost, facts, parts, machine);
  // The share of the hot lines comes from samples: it is off by a few per cent of itself either way.
  const ratioOf = (after: number, restFactor: number): number => (rest + hot) / Math.max(rest * restFactor + after, 1e-3);
  return interval(ratioOf(worst, 1.15), ratioOf(likely, 1), ratioOf(best, 0.85));
}
