/** `hotloop calibrate` and `hotloop clear`: what is kept between runs. */
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { formatSeconds } from '../platform/units';
import { findPython } from '../run/interpreter';
import { isWide, stateFolder } from '../run/project';
import type { Machine, Seconds } from '../types';
import { measureMachine } from '../verdict/machine';
import { exitCodes, tellRefusal, UsageError, type ExitCode } from './exit';

export async function runCalibrate(options: { python?: string; json?: string }): Promise<ExitCode> {
  const interrupt = new AbortController();
  process.once('SIGINT', () => interrupt.abort());
  const python = await findPython({ explicit: options.python ?? null, cwd: process.cwd() });
  if (!python.ok) return tellRefusal(python.refusal);
  process.stderr.write(`hotloop: Measuring this machine with ${python.value.path}\n`);
  const machine = await measureMachine(python.value, interrupt.signal);
  if (!machine.ok) return tellRefusal(machine.refusal);
  process.stdout.write(table(machine.value));
  return exitCodes.done;
}

function table(machine: Machine): string {
  const time = (value: Seconds | null): string => (value === null ? 'not measured' : formatSeconds(value));
  const rate = (value: number | null | undefined): string =>
    value === null || value === undefined ? 'not measured' : `${Math.round((10 * value) / 2 ** 30) / 10} GiB/s`;
  const rows: [string, string][] = [
    ['cores', `${machine.cores}, of which ${Math.round(machine.effectiveCores * 10) / 10} work at full speed`],
    [
      'start of a process pool',
      `fork ${time(machine.poolStart.fork)}, forkserver ${time(machine.poolStart.forkserver)}, spawn ${time(machine.poolStart.spawn)}`,
    ],
    ['message to a pool', time(machine.poolMessage)],
    ['pickling', `${Math.round(machine.pickleBytesPerSecond / 2 ** 20)} MiB/s`],
    ['task of a thread pool', time(machine.threadTask)],
    ['import of NumPy', time(machine.numpyImport)],
    ['NumPy operation, an element', time(machine.numpyElement)],
    ['list to array, an element', time(machine.listToArrayElement)],
    ['Python operation', time(machine.pythonOperation)],
    ['start of an interpreter', time(machine.processStart ?? null)],
    ['fetching fresh memory', rate(machine.freshBytesPerSecond)],
    ['noise between two runs', `${Math.round(machine.noise * 1000) / 10} %`],
    ['measured at', machine.measuredAt],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${value}\n`).join('');
}

/** Empties the state folder: calibration, consents, results. Only what we made is in there. */
export async function runClear(): Promise<ExitCode> {
  const folder = stateFolder();
  // HOTLOOP_HOME is a person's words, and what is in there goes.
  if (isWide(folder)) throw new UsageError(`HOTLOOP_HOME is ${folder}, which holds more than ours: name a folder of its own.`);
  const entries = await readdir(folder).catch(() => []);
  for (const entry of entries) await rm(path.join(folder, entry), { recursive: true, force: true });
  process.stdout.write(entries.length === 0 ? 'Nothing was kept.\n' : `Emptied ${folder}\n`);
  return exitCodes.done;
}
