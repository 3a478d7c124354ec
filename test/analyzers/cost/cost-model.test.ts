import assert from 'node:assert/strict';
import { predict } from '../../../analyzers/verdict/cost-model';
import { seconds } from '../../../analyzers/platform/units';
import type { CostModel, Interval, LoopFacts, Machine, Profile } from '../../../analyzers/types';

const machine: Machine = {
  cores: 4,
  effectiveCores: 3.5,
  poolStart: { fork: seconds(0.01), forkserver: seconds(0.04), spawn: seconds(0.17) },
  poolMessage: seconds(8e-5),
  pickleBytesPerSecond: 1e8,
  threadTask: seconds(1e-5),
  numpyImport: seconds(0.1),
  numpyElement: seconds(1e-9),
  listToArrayElement: seconds(2e-8),
  pythonOperation: seconds(3e-8),
  noise: 0.02,
  measuredAt: '2026-01-01T00:00:00.000Z',
};
const at = { start: { line: 0, character: 0 }, end: { line: 1, character: 0 } };

function predicted(
  cost: CostModel,
  o: {
    total?: number;
    busy?: number;
    hot: number;
    wait?: number;
    trips: number | null;
    trip?: number;
    /** Trips of each of many entries. */
    each?: number;
    entries?: number;
    stop?: string;
    array?: boolean;
  },
  on: Machine = machine,
): Interval {
  const { total = 10, busy = 1, hot, wait = 0, trips } = o;
  // Only what the model reads: the rest of these large types says nothing here.
  const facts = {
    hotspot: { seconds: seconds(hot), wait: seconds(wait) },
    ir: {
      space:
        o.array === true
          ? { kind: 'zip', parts: [{ kind: 'sequence', value: { kind: 'name', name: 'xs' } }] }
          : { kind: 'range', start: null, stop: { kind: 'number', type: 'int', text: o.stop ?? '', span: at }, step: null, span: at },
    },
    trips,
    values: { xs: { type: 'ndarray' } },
    ...(o.trip === undefined
      ? {}
      : {
          evidence: {
            entries: o.each === undefined ? 1 : 1000,
            tripsPerEntry: { median: o.each ?? 0 },
            tripSeconds: { median: seconds(o.trip), p90: seconds(o.trip), most: seconds(o.trip) },
          },
        }),
  } as unknown as LoopFacts;
  const found = predict(cost, facts, { run: { seconds: seconds(total), cpuSeconds: seconds(busy * total) } } as unknown as Profile, on);
  assert.ok(found.low <= found.mid && found.mid <= found.high, JSON.stringify(found));
  assert.ok(found.low > 0 && Number.isFinite(found.high));
  return found;
}

describe('The predicted ratio', () => {
  const vectorize: CostModel = { kind: 'vectorize', operations: 10, listInputs: 0, listOutput: false, importsNumpy: false };
  it('of a vectorized loop is bounded by the rest of the run', () => {
    const found = predicted(vectorize, { hot: 9, trips: 1_000_000 });
    assert.ok(found.low > 5 && found.high < 15, JSON.stringify(found));
    assert.ok(predicted(vectorize, { hot: 9.9, trips: 1_000_000 }).mid > 2 * found.mid);
  });
  it('pays for lists that become arrays, and for the import', () => {
    const plain = predicted(vectorize, { hot: 9.9, trips: 10_000_000 });
    const lists = predicted({ ...vectorize, listInputs: 2, listOutput: true, importsNumpy: true }, { hot: 9.9, trips: 10_000_000 });
    assert.ok(lists.mid < 0.6 * plain.mid, `${lists.mid} ${plain.mid}`);
  });
  it('of a vectorized loop counts what each entry pays: short loops that run very often lose', () => {
    const short = predicted(vectorize, { hot: 9, trips: 8, trip: 1e-7, each: 8 });
    const long = predicted(vectorize, { hot: 9, trips: 8000, trip: 1e-7, each: 8000 });
    assert.ok(short.high < 1 && long.mid > 2, JSON.stringify([short, long]));
  });
  it('of a pool is at most the number of cores', () => {
    const found = predicted({ kind: 'process-pool', argumentBytes: 8, chunks: true }, { hot: 10, trips: 1000 });
    assert.ok(found.mid > 3 && found.mid < 3.6 && found.low > 1.5, JSON.stringify(found));
  });
  it('of a pool is no gain where libraries keep all cores busy already', () => {
    const found = predicted({ kind: 'process-pool', argumentBytes: 8, chunks: true }, { busy: 4, hot: 10, trips: 1000 });
    assert.ok(found.mid < 1, JSON.stringify(found));
  });
  it('of a pool takes the trips that nobody counted from the time that one was seen to take', () => {
    const found = predicted({ kind: 'process-pool', argumentBytes: 8, chunks: false }, { hot: 10, trips: null, trip: 0.05 });
    assert.ok(found.mid > 2.5, JSON.stringify(found));
    assert.ok(predicted({ kind: 'process-pool', argumentBytes: 8, chunks: false }, { hot: 10, trips: null }).mid < 1);
  });
  it('of a pool over tiny tasks is a loss', () => {
    const found = predicted({ kind: 'process-pool', argumentBytes: 16e6, chunks: false }, { hot: 1, total: 1.2, trips: 1_000_000 });
    assert.ok(found.high < 0.1, JSON.stringify(found));
  });
  it('of a pool over a million NumPy scalars in chunks is a loss too, as each is dearer than its task', () => {
    const cost: CostModel = { kind: 'process-pool', argumentBytes: 14e6, chunks: true };
    const plain = predicted(cost, { hot: 2.4, total: 2.7, trips: 1_600_000 });
    const scalars = predicted(cost, { hot: 2.4, total: 2.7, trips: 1_600_000, array: true });
    assert.ok(plain.mid > 1 && scalars.high < 0.8, JSON.stringify([plain, scalars]));
  });
  it('of a pool counts every pool that is started, and the messages of every time that the loop is begun', () => {
    const cost: CostModel = { kind: 'process-pool', argumentBytes: 8, chunks: true };
    const once = predicted(cost, { hot: 5, trips: 100_000 });
    const started = predicted({ ...cost, starts: 400, maps: 400 }, { hot: 5, trips: 100_000 });
    const asked = predicted({ ...cost, maps: 4000 }, { hot: 5, trips: 100_000 });
    assert.ok(once.mid > 1.4 && started.high < 1.3 && asked.mid < 0.7 * once.mid, JSON.stringify([once, started, asked]));
  });
  it('of threads divides the waiting alone', () => {
    const found = predicted({ kind: 'thread-pool', workers: 10 }, { hot: 10, wait: 9.5, trips: 50 });
    assert.ok(found.mid > 5 && found.mid < 8, JSON.stringify(found));
    assert.ok(predicted({ kind: 'thread-pool', workers: 10 }, { hot: 10, wait: 0, trips: 50 }).mid < 1.05);
  });
  it('of a factor follows Amdahl', () => {
    const found = predicted({ kind: 'factor', low: 4, high: 4 }, { hot: 5, trips: null });
    assert.ok(Math.abs(found.mid - 10 / (5 + 1.25)) < 1e-9);
  });
  it('takes the trips from the text of the loop, or from its time, where they were not counted', () => {
    const counted = predicted(vectorize, { hot: 9.9, trips: 60_000_000 });
    assert.equal(predicted(vectorize, { hot: 9.9, trips: null, stop: '60_000_000' }).mid, counted.mid);
    assert.ok(predicted(vectorize, { hot: 9.9, trips: null }).mid > 1);
  });
  it('stands without NumPy, without pools and without a hot part', () => {
    const bare: Machine = {
      ...machine,
      numpyElement: null,
      numpyImport: null,
      listToArrayElement: null,
      poolStart: { fork: null, forkserver: null, spawn: null },
    };
    assert.ok(predicted(vectorize, { hot: 9, trips: 1000 }, bare).mid > 5);
    assert.ok(predicted({ kind: 'process-pool', argumentBytes: 8, chunks: true }, { hot: 9, trips: 1000 }, bare).mid > 2);
    assert.ok(predicted(vectorize, { hot: 0, trips: 0 }).mid <= 1.01);
  });
});
