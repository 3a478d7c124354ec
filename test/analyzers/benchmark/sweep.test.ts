import assert from 'node:assert/strict';
import { amdahl, efficiency, gustafson, karpFlatt, sweepWorkers, workerCounts } from '../../../analyzers/benchmark/sweep';
import type { SweepOptions } from '../../../analyzers/benchmark/sweep';
import { seconds } from '../../../analyzers/platform/units';
import { candidateOf, machine, resultOf, worldOf } from './fakes';

describe('The laws of speedup', () => {
  it('are those of Amdahl, Gustafson, Karp and Flatt', () => {
    assert.ok(Math.abs(amdahl(0.95, 8) - 5.925_925) < 1e-5);
    assert.equal(amdahl(1, 4), 4);
    assert.equal(amdahl(0, 4), 1);
    assert.ok(Math.abs(gustafson(0.05, 8) - 7.65) < 1e-12);
    assert.equal(efficiency(3, 4), 0.75);
    assert.ok(Math.abs((karpFlatt(amdahl(0.9, 8), 8) ?? 0) - 0.1) < 1e-12);
    assert.equal(karpFlatt(1, 1), null);
  });
  it('are asked at 1, 2, 4 and so on, and at all cores', () => {
    assert.deepEqual(workerCounts(1), [1]);
    assert.deepEqual(workerCounts(2), [1, 2]);
    assert.deepEqual(workerCounts(6), [1, 2, 4, 6]);
    assert.deepEqual(workerCounts(8), [1, 2, 4, 8]);
  });
});

describe('A worker sweep', () => {
  const pool = candidateOf('process-pool-map@a', { cost: { kind: 'process-pool', argumentBytes: 8, chunks: true }, family: 'process-pool' });
  const options = (open: SweepOptions['open'], more: Partial<SweepOptions> = {}): SweepOptions => ({
    open,
    candidate: pool,
    before: [seconds(10), seconds(10)],
    hotBefore: seconds(9),
    machine,
    workers: null,
    budget: seconds(100),
    signal: new AbortController().signal,
    ...more,
  });
  it('sets the number of workers, measures, predicts by Amdahl and labels what lies past this machine', async () => {
    const asked: string[] = [];
    const world = worldOf((_, __, run) => {
      asked.push(run.environment['HOTLOOP_WORKERS'] ?? '');
      return resultOf({ wall: 1 + 9 / Number(run.environment['HOTLOOP_WORKERS']) });
    });
    const points = await sweepWorkers(options(world.open));
    assert.deepEqual(asked, ['1', '1', '2', '2']);
    assert.deepEqual(points.map((point) => [point.workers, point.measured !== null, point.projected]), [[1, true, false], [2, true, false], [4, false, true], [8, false, true]]); // prettier-ignore
    const [, two] = points;
    assert.ok(Math.abs(two!.measured!.mid - 10 / 5.5) < 1e-9 && two!.measured!.low < two!.measured!.mid);
    assert.ok(two!.predicted! < 10 / 5.5 && two!.predicted! > 1.7);
    assert.ok(points[3]!.predicted! > points[2]!.predicted!);
    assert.equal(world.disposed, 1);
  });
  it('has no measured point for a count at which the program fails, or for which no time is left', async () => {
    const fails = await sweepWorkers(
      options(worldOf((_, __, run) => resultOf({ exitCode: run.environment['HOTLOOP_WORKERS'] === '2' ? 1 : 0 })).open, { workers: [2, 1] }),
    );
    assert.deepEqual(fails.map((point) => [point.workers, point.measured === null]), [[1, false], [2, true], [4, true], [8, true]]); // prettier-ignore
    const late = await sweepWorkers(options(worldOf(() => resultOf()).open, { budget: seconds(0) }));
    assert.ok(late.every((point) => point.measured === null));
  });
});
