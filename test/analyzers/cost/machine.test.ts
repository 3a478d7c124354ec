import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Interpreter } from '../../../analyzers/types';
import { machineFile, measureMachine } from '../../../analyzers/verdict/machine';

const never = new AbortController().signal;
const interpreter: Interpreter = {
  path: path.resolve('.venv/bin/python'),
  version: [3, 11, 0],
  implementation: 'cpython',
  packages: { numpy: '2.2.6' },
  platform: 'linux',
  startMethod: 'fork',
  gil: true,
};

describe('The machine', () => {
  let home = '';
  const before = process.env['HOTLOOP_HOME'];
  beforeEach(async () => {
    home = await mkdtemp(path.join(tmpdir(), 'hotloop-test-'));
    process.env['HOTLOOP_HOME'] = home;
  });
  afterEach(async () => {
    if (before === undefined) delete process.env['HOTLOOP_HOME'];
    else process.env['HOTLOOP_HOME'] = before;
    await rm(home, { recursive: true });
  });

  const twoHoursAgo = (): string => new Date(Date.now() - 7_200_000).toISOString();
  const calibration = {
    ...{
      version: 3,
      cores: 3,
      effectiveCores: 2.5,
      poolStart: { fork: 0.01, forkserver: null, spawn: 0.1 },
      poolMessage: 1e-4,
      pickleBytesPerSecond: 1e8,
    },
    ...{
      threadTask: 1e-5,
      numpyImport: null,
      numpyElement: null,
      listToArrayElement: null,
      pythonOperation: 3e-8,
      noise: 0.02,
      processStart: 0.03,
      freshBytesPerSecond: null,
      missing: [] as string[],
    },
  };
  const cache = (measuredAt: string, more: object = {}): Promise<void> => writeFile(machineFile(interpreter), JSON.stringify({ measuredAt, calibration: { ...calibration, ...more } })); // prettier-ignore

  it('is measured in the interpreter, and read from the cache the second time', async () => {
    const first = await measureMachine(interpreter, never);
    assert.ok(first.ok, JSON.stringify(first));
    const machine = first.value;
    // On a machine full of other work the time may end before the last costs are measured; those are then named.
    const { calibration: raw } = JSON.parse(await readFile(machineFile(interpreter), 'utf8')) as { calibration: { missing: string[] } };
    assert.ok(machine.cores >= 1 && machine.effectiveCores >= 1 && machine.effectiveCores <= machine.cores);
    assert.ok(machine.pythonOperation > 0 && machine.poolMessage > machine.pythonOperation);
    assert.ok(raw.missing.includes('numpy') || (machine.numpyElement !== null && machine.numpyElement < machine.pythonOperation));
    assert.ok(raw.missing.includes('spawn') || (machine.poolStart.spawn !== null && machine.poolStart.spawn > 0));
    assert.ok(raw.missing.includes('memory') || (machine.freshBytesPerSecond ?? 0) > 1e7);
    assert.ok(raw.missing.includes('start') || (machine.processStart ?? 0) > machine.pythonOperation);
    assert.ok(machine.noise >= 0.015 && machine.noise <= 0.04);
    assert.deepEqual(await measureMachine(interpreter, never), first);
  });
  it('is what the cache says, where nothing has changed', async () => {
    await cache(twoHoursAgo());
    const found = await measureMachine(interpreter, never);
    assert.ok(found.ok);
    assert.deepEqual([found.value.cores, found.value.effectiveCores, found.value.noise], [3, 2.5, 0.02]);
  });
  it('is measured anew when the cache is broken, old, or was made on a busy machine', async () => {
    const stop = new AbortController();
    stop.abort();
    // Cancelled before it starts: only a measurement can be cancelled, the cache answers at once.
    const measures = async (): Promise<boolean> => !(await measureMachine(interpreter, stop.signal)).ok;
    await cache(twoHoursAgo());
    assert.equal(await measures(), false);
    for (const stale of [
      () => cache('2001-01-01T00:00:00.000Z'),
      () => cache(twoHoursAgo(), { noise: 0.2 }),
      () => cache(twoHoursAgo(), { missing: ['numpy'] }),
      () => cache(twoHoursAgo(), { version: 2 }),
      () => writeFile(machineFile(interpreter), '{"half": '),
    ]) {
      await stale();
      assert.equal(await measures(), true);
    }
  });
  it('is another one for another interpreter or another NumPy', () => {
    const names = [interpreter, { ...interpreter, path: '/usr/bin/python3' }, { ...interpreter, packages: { numpy: '1.26.0' } }].map(machineFile);
    assert.equal(new Set(names).size, 3);
  });
  it('is refused where the interpreter does not run, and when it is cancelled', async () => {
    const missing = await measureMachine({ ...interpreter, path: '/no/such/python' }, never);
    assert.equal(missing.ok ? '' : missing.refusal.code, 'calibration');
    const stop = new AbortController();
    stop.abort();
    const cancelled = await measureMachine(interpreter, stop.signal);
    assert.equal(cancelled.ok ? '' : cancelled.refusal.code, 'cancelled');
  });
});
