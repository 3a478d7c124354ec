import assert from 'node:assert/strict';
import { benchmarkCandidates } from '../../../analyzers/benchmark/schedule';
import type { BenchmarkOptions } from '../../../analyzers/benchmark/schedule';
import { seconds } from '../../../analyzers/platform/units';
import type { Benchmark } from '../../../analyzers/types';
import { candidateOf, machine, resultOf, trialOf, worldOf } from './fakes';
import type { FakeWorld } from './fakes';

const never = new AbortController().signal;
const contenders = (...ids: string[]): BenchmarkOptions['contenders'] => ids.map((id) => ({ candidate: candidateOf(id), trial: trialOf(id) }));
const measure = (world: FakeWorld, ids: string[], more: Partial<BenchmarkOptions> = {}): Promise<Benchmark[]> =>
  benchmarkCandidates({
    open: world.open,
    contenders: contenders(...ids),
    machine,
    budget: seconds(1000),
    signal: never,
    clock: world.clock,
    ...more,
  });

describe('A benchmark', () => {
  it('runs the original and every candidate once in each round, in turning order', async () => {
    const world = worldOf((id) => resultOf({ wall: id === '' ? 4 : 1 }));
    const found = await measure(world, ['a', 'b']);
    assert.deepEqual(world.log, ['', 'a', 'b', 'a', 'b', '', 'b', '', 'a']);
    assert.deepEqual(found.map((item) => [item.candidate, item.rounds, Math.round(item.ratio.mid)]), [['a', 3, 4], ['b', 3, 4]]); // prettier-ignore
    assert.equal(world.opened, 3);
    assert.equal(world.disposed, 3);
  });
  it('ends early for a candidate that is proven or clearly loses, and goes on for one in doubt', async () => {
    const wobble = [1.25, 0.8, 1.2, 0.85, 1.3, 0.75, 1.22, 0.83];
    const world = worldOf((id, run) => resultOf({ wall: id === '' ? 4 : id === 'fast' ? 0.4 : id === 'slow' ? 8 : 3.4 * (wobble[run % 8] ?? 1) }));
    const told: string[] = [];
    const found = await measure(world, ['fast', 'slow', 'doubt'], { onUpdate: (item) => told.push(item.candidate) });
    const rounds = Object.fromEntries(found.map((item) => [item.candidate, item.rounds]));
    assert.deepEqual(rounds, { fast: 3, slow: 1, doubt: 12 });
    assert.deepEqual(told, ['slow', 'fast', 'doubt']);
    assert.equal(found.find((item) => item.candidate === 'slow')!.ratio.high < 1, true);
    // Originals are shared: 12 for all three.
    assert.equal(world.log.filter((id) => id === '').length, 12);
  });
  it('lets the dearest candidates go first when the time runs out', async () => {
    const world = worldOf((id) => resultOf({ wall: id === '' ? 4 : id === 'dear' ? 3.8 : 1 }));
    const found = await measure(world, ['dear', 'cheap'], { budget: seconds(24) });
    assert.deepEqual(found.map((item) => [item.candidate, item.rounds]), [['dear', 2], ['cheap', 3]]); // prettier-ignore
    assert.ok(world.clock() <= 24_000, `${world.clock()} ms`);
  });
  it('pairs runs of the same round, so that a machine that slows down does not decide', async () => {
    const pace = [1, 2, 3, 1.5, 2.5, 4, 1, 2, 3, 5, 1, 2];
    const world = worldOf((id, run) => resultOf({ wall: (id === '' ? 4 : 2) * (pace[run] ?? 1) }));
    const [found] = await measure(world, ['a']);
    assert.equal(found!.rounds, 3);
    assert.ok(Math.abs(found!.ratio.mid - 2) < 1e-9);
  });
  it('keeps within the budget and keeps the raw samples', async () => {
    const wobble = [1.5, 0.6, 1.4, 0.7];
    const world = worldOf((id, run) => resultOf({ wall: id === '' ? 4 : 3 * (wobble[run % 4] ?? 1) }));
    const [found] = await measure(world, ['a'], { budget: seconds(20) });
    assert.ok(world.clock() <= 20_000, `${world.clock()} ms`);
    assert.equal(found!.before.wall.length, found!.rounds);
    assert.deepEqual(found!.after.wall.map(Number), [4.5, 1.7999999999999998]);
    assert.deepEqual(found!.warnings.map((item) => item.code).filter((code) => code === 'few-rounds'), ['few-rounds']); // prettier-ignore
  });
  it('ends at once when cancelled, and takes its sandboxes away', async () => {
    const stop = new AbortController();
    const world = worldOf((id, run) => {
      if (id === 'a' && run === 1) stop.abort();
      return resultOf({ wall: 1 });
    });
    const found = await measure(world, ['a'], { signal: stop.signal });
    assert.deepEqual(world.log, ['', 'a', 'a']);
    assert.equal(found[0]!.rounds, 1);
    assert.equal(world.disposed, 2);
  });
  it('drops a candidate that fails and goes on with the others', async () => {
    const world = worldOf((id, run) => resultOf({ wall: id === '' ? 4 : 1, exitCode: id === 'bad' && run === 1 ? 1 : 0 }));
    const found = await measure(world, ['bad', 'good']);
    const bad = found.find((item) => item.candidate === 'bad')!;
    assert.equal(bad.rounds, 1);
    assert.match(bad.warnings.find((item) => item.code === 'failed')!.text, /exit code 1 in round 2/);
    assert.equal(found.find((item) => item.candidate === 'good')!.rounds, 3);
  });
  it('has nothing to say when the original cannot be rerun', async () => {
    const world = worldOf((id) => (id === '' ? null : resultOf()));
    assert.deepEqual(await measure(world, ['a']), []);
    assert.equal(world.disposed, 2);
  });
});

describe('The basis of a benchmark', () => {
  it('is the wall on a quiet machine', async () => {
    const world = worldOf((id) => resultOf({ wall: id === '' ? 4 : 1, delay: 0.01 }));
    const [found] = await measure(world, ['a']);
    assert.equal(found!.basis, 'wall');
    assert.deepEqual(found!.warnings, []);
  });
  it('is the wall less the time spent waiting for a core on a busy one, and says so', async () => {
    const world = worldOf((id, run) => resultOf({ wall: (id === '' ? 4 : 1) + run, delay: run }));
    const [found] = await measure(world, ['a']);
    assert.equal(found!.basis, 'corrected-wall');
    assert.ok(Math.abs(found!.ratio.mid - 4) < 1e-9);
    assert.deepEqual(found!.before.wall.map(Number), [4, 5, 6]);
    assert.deepEqual(found!.before.corrected!.map(Number), [4, 4, 4]);
    assert.match(found!.warnings.find((item) => item.code === 'busy-machine')!.text, /67 % of a run .* corrected/);
  });
  it('leaves to a pool the waits that its own workers cause', async () => {
    const pool = candidateOf('process-pool-map@a', { cost: { kind: 'process-pool', argumentBytes: 1, chunks: true }, family: 'process-pool' });
    const measurePool = async (delay: number, workers: number): Promise<Benchmark> => {
      const world = worldOf((id) => resultOf(id === '' ? { wall: 4, delay } : { wall: 2, delay: 0.2, workers }));
      const [found] = await benchmarkCandidates({ open: world.open, contenders: [{ candidate: pool, trial: trialOf(pool.id) }], machine, budget: seconds(1000), signal: never, clock: world.clock }); // prettier-ignore
      return found!;
    };
    // Nobody else used the processor: the original did not wait at all.
    const quiet = await measurePool(0, 0.9);
    assert.deepEqual([quiet.basis, quiet.after.corrected![0]], ['wall', 2]);
    const busy = await measurePool(1, 0.9);
    assert.deepEqual([busy.basis, busy.before.corrected![0], busy.after.corrected![0]], ['corrected-wall', 3, 1.5]);
    const little = await measurePool(1, 0.1);
    assert.ok(Math.abs(little.after.corrected![0]! - 1.7) < 1e-9);
  });
  it('is the wall where the system does not tell the delay', async () => {
    const world = worldOf((id) => resultOf({ wall: id === '' ? 4 : 1, delay: id === '' ? null : 0.9 }));
    const [found] = await measure(world, ['a']);
    assert.equal(found!.basis, 'wall');
    assert.equal(found!.before.corrected, null);
  });
});

describe('Beside the ratio stand', () => {
  it('the ratio of the hot lines, from the runs of the trial', async () => {
    const world = worldOf((id) => resultOf({ wall: id === '' ? 4 : 1 }));
    const trial = trialOf('a', { hot: { before: [seconds(3), seconds(3.1)], after: [seconds(0.1)] } });
    const [found] = await benchmarkCandidates({
      open: world.open,
      contenders: [{ candidate: candidateOf('a'), trial }],
      machine,
      budget: seconds(1000),
      signal: never,
      clock: world.clock,
    });
    assert.ok(found!.hot!.low > 20 && found!.hot!.high < 45, JSON.stringify(found!.hot));
    assert.ok(found!.warnings.some((item) => item.code === 'few-hot'));
  });
  it('the ratio of warm runs, where a version leaves compiled code for the next', async () => {
    const world = worldOf((id, _, { warm }) => resultOf({ wall: id === '' ? 4 : warm === true ? 0.5 : 2, compiled: id === 'a' }));
    const [found] = (await measure(world, ['a', 'b'])).filter(({ candidate }) => candidate === 'a');
    assert.equal(Math.round(found!.ratio.mid), 2);
    assert.equal(Math.round(found!.warm!.mid), 8);
    assert.deepEqual(world.log.slice(9), ['a', 'a', 'a']);
    const both = worldOf((_, __, { warm }) => resultOf({ wall: warm === true ? 0.5 : 2, compiled: true }));
    const [same] = await measure(both, ['a']);
    assert.equal(Math.round(same!.warm!.mid), 1);
    const [plain] = await measure(
      worldOf((id) => resultOf({ wall: id === '' ? 4 : 1 })),
      ['a'],
    );
    assert.equal(plain!.warm, null);
  });
  it('warnings of a script too short, of more memory and of a machine that slows down', async () => {
    const codes = async (world: FakeWorld): Promise<string[]> => (await measure(world, ['a']))[0]!.warnings.map((item) => item.code);
    assert.deepEqual(await codes(worldOf((id) => resultOf({ wall: id === '' ? 0.1 : 0.05 }))), ['short']);
    assert.deepEqual(await codes(worldOf((id) => resultOf({ wall: id === '' ? 4 : 1, memory: id === '' ? 50e6 : 500e6 }))), ['memory-up']);
    const wobble = [1.6, 0.7, 1.5, 0.6, 1.4, 0.8];
    const hot = worldOf((id, run) => resultOf({ wall: (1 + 0.1 * run) * (id === '' ? 4 : 3 * (wobble[run % 6] ?? 1)) }));
    const found = await codes(hot);
    assert.ok(found.includes('throttled') && found.includes('noisy'), found.join());
  });
});
