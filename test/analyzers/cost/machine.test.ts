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

  it('is measured in the interpreter, and read from the cache the second time', async () => {
    const first = await measureMachine(interpreter, never);
    assert.ok(first.ok, JSON.stringify(first));
    const machine = first.value;
    assert.ok(machine.cores >= 1 && machine.effectiveCores >= 1 && machine.effectiveCores <= machine.cores);
    assert.ok(machine.pythonOperation > 0 && machine.poolMessage > machine.pythonOperation);
    assert.ok(machine.numpyElement !== null && machine.numpyElement < machine.pythonOperation);
    assert.ok(machine.poolStart.spawn !== null && machine.poolStart.spawn > 0);
    assert.ok(machine.noise >= 0.015 && machine.noise <= 0.06);
    assert.deepEqual(await measureMachine(interpreter, never), first);
    assert.equal((JSON.parse(await readFile(machineFile(interpreter), 'utf8')) as { measuredAt: string }).measuredAt, machine.measuredAt);
  });
  it('is measured anew when the cache is broken or old', async () => {
    const first = await measureMachine(interpreter, never);
    assert.ok(first.ok);
    const file = machineFile(interpreter);
    const cached = JSON.parse(await readFile(file, 'utf8')) as object;
    await writeFile(file, JSON.stringify({ ...cached, measuredAt: '2001-01-01T00:00:00.000Z' }));
    const second = await measureMachine(interpreter, never);
    assert.ok(second.ok && second.value.measuredAt !== '2001-01-01T00:00:00.000Z');
    await writeFile(file, '{"half": ');
    const third = await measureMachine(interpreter, never);
    assert.ok(third.ok && third.value.cores >= 1);
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
