import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import * as v from 'valibot';
import type { Interpreter, Machine } from '../types';
import { startProcess } from '../platform/process';
import { pythonHelpers } from '../platform/resources';
import { ok, refuse } from '../platform/result';
import type { Outcome } from '../platform/result';
import { bytes, seconds } from '../platform/units';
import { withPrivateFolder } from '../run/private-run';
import { stateFolder } from '../run/project';

/** Raised when the helper measures something else, so that old caches are not believed. */
const VERSION = 3;
const LIMIT = seconds(4.5);
/** Even on a quiet machine two runs differ by more than the clock shows: memory layout, cache, the disk. */
const LEAST_NOISE = 0.015;
/** One bad second while calibrating must not make every later result uncertain. */
const MOST_NOISE = 0.04;
const OLD_AFTER_DAYS = 30;
/** Measured while the machine was busy, the costs are too high: they serve this analysis, not those of next week. */
const OLD_WHEN_BUSY_DAYS = 1 / 24;

const cost = v.nullable(v.pipe(v.number(), v.finite(), v.minValue(0)));
const Calibration = v.object({
  version: v.literal(VERSION),
  cores: v.pipe(v.number(), v.integer(), v.minValue(1)),
  effectiveCores: cost,
  poolStart: v.object({ fork: cost, forkserver: cost, spawn: cost }),
  poolMessage: cost,
  pickleBytesPerSecond: cost,
  threadTask: cost,
  numpyImport: cost,
  numpyElement: cost,
  listToArrayElement: cost,
  pythonOperation: cost,
  noise: cost,
  processStart: cost,
  freshBytesPerSecond: cost,
  missing: v.array(v.string()),
});
type Calibration = v.InferOutput<typeof Calibration>;
const Cached = v.object({ measuredAt: v.pipe(v.string(), v.isoTimestamp()), calibration: Calibration });

/** Orders of size for what could not be measured: a container without semaphores has no pools, but still wants a verdict. */
const USUAL = { poolMessage: 1e-4, pickleBytesPerSecond: 1e8, threadTask: 2e-5, pythonOperation: 5e-8 };

function machineOf(calibration: Calibration, measuredAt: string): Machine {
  const known = (value: number | null): Machine['numpyImport'] => (value === null ? null : seconds(value));
  const { poolStart } = calibration;
  return {
    cores: calibration.cores,
    effectiveCores: calibration.effectiveCores ?? calibration.cores,
    poolStart: { fork: known(poolStart.fork), forkserver: known(poolStart.forkserver), spawn: known(poolStart.spawn) },
    poolMessage: seconds(calibration.poolMessage ?? USUAL.poolMessage),
    pickleBytesPerSecond: calibration.pickleBytesPerSecond ?? USUAL.pickleBytesPerSecond,
    threadTask: seconds(calibration.threadTask ?? USUAL.threadTask),
    numpyImport: known(calibration.numpyImport),
    numpyElement: known(calibration.numpyElement),
    listToArrayElement: known(calibration.listToArrayElement),
    pythonOperation: seconds(calibration.pythonOperation ?? USUAL.pythonOperation),
    processStart: known(calibration.processStart),
    freshBytesPerSecond: calibration.freshBytesPerSecond,
    noise: Math.min(MOST_NOISE, Math.max(LEAST_NOISE, calibration.noise ?? MOST_NOISE)),
    measuredAt,
  };
}

/** Another interpreter, another NumPy or another number of cores is another machine. */
export function machineFile(interpreter: Interpreter): string {
  const key = JSON.stringify([
    interpreter.path,
    interpreter.version,
    interpreter.implementation,
    interpreter.packages.numpy ?? null,
    availableParallelism(),
  ]);
  return path.join(stateFolder(), `machine-${createHash('sha256').update(key).digest('hex').slice(0, 16)}.json`);
}

async function readCache(file: string, now: number): Promise<Machine | null> {
  try {
    const found = v.safeParse(Cached, JSON.parse(await readFile(file, 'utf8')));
    if (!found.success) return null;
    const age = (now - Date.parse(found.output.measuredAt)) / 86_400_000;
    const { calibration } = found.output;
    const busy = (calibration.noise ?? Infinity) > MOST_NOISE || calibration.missing.length > 0;
    return age > (busy ? OLD_WHEN_BUSY_DAYS : OLD_AFTER_DAYS) ? null : machineOf(calibration, found.output.measuredAt);
  } catch {
    // Missing or unreadable: measured anew.
    return null;
  }
}

async function writeCache(file: string, cached: v.InferOutput<typeof Cached>): Promise<void> {
  const draft = `${file}.${process.pid}`;
  try {
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(draft, JSON.stringify(cached), { mode: 0o600 });
    await rename(draft, file);
  } catch {
    // A read-only home: the next start measures again.
    await rm(draft, { force: true });
  }
}

/**
 * What this machine and interpreter cost, from the cache or measured in under 5 s. Runs only our own helper, no code of the user's.
 * Refuses 'cancelled', and 'calibration' where the interpreter cannot run the helper at all.
 */
export async function measureMachine(interpreter: Interpreter, signal: AbortSignal): Promise<Outcome<Machine>> {
  const file = machineFile(interpreter);
  const cached = await readCache(file, Date.now());
  if (cached !== null) return ok(cached);

  return withPrivateFolder(async (folder) => {
    const result = path.join(folder, 'result.json');
    const { end } = startProcess({
      argv: [interpreter.path, path.join(pythonHelpers(), 'hotloop_calibrate.py'), result, String(LIMIT)],
      cwd: folder,
      // No .pyc beside the helpers; spawned workers import the helper again.
      environment: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
      stdout: 'ignore',
      stderr: { keep: bytes(4096) },
      signal,
      limit: seconds(4 * LIMIT),
    });
    const ended = await end;
    if (ended.stopped === 'cancelled')
      return refuse('cancelled', 'The measuring of this machine was cancelled.', 'Start it again when you are ready.');
    const text = await readFile(result, 'utf8').catch(() => null);
    if (text === null) {
      const said = new TextDecoder().decode(ended.stderr).trim().split('\n').at(-1) ?? '';
      const why = ended.failure ?? (said === '' ? `it ended with exit code ${ended.exitCode}` : said);
      return refuse(
        'calibration',
        `This machine could not be measured with ${interpreter.path}: ${why}`,
        'Check that the interpreter runs a script.',
      );
    }
    const calibration = v.parse(Calibration, JSON.parse(text));
    const measuredAt = new Date().toISOString();
    await writeCache(file, { measuredAt, calibration });
    return ok(machineOf(calibration, measuredAt));
  });
}
