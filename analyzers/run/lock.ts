import { mkdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { lock } from 'proper-lockfile';
import { stateFolder } from './project';
import { isAlive, processStart } from './sweep';

/**
 * Does the work while no other Hotloop on this machine measures: two benchmarks at once would measure each other. Waits for its turn; once the signal
 * fires it waits no longer, and the work, which heeds the signal itself, is called without the lock. Where no lock can be made the work is done anyway.
 */
export async function withBenchmarkLock<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const folder = stateFolder();
  const lockfilePath = path.join(folder, 'benchmark.lock');
  const holder = path.join(folder, 'benchmark.holder.json');
  let release: (() => Promise<void>) | null = null;
  try {
    await mkdir(folder, { recursive: true });
    while (!signal.aborted) {
      try {
        // A lock whose owner was killed is taken over after `stale`, where it does not tell whose it is.
        release = await lock(folder, { lockfilePath, stale: 15_000, update: 5_000, onCompromised: () => undefined });
        await writeFile(holder, JSON.stringify({ pid: process.pid, start: processStart(process.pid) }), { mode: 0o600 });
        break;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ELOCKED') throw error;
        if (await takeFromDead(holder)) await rmdir(lockfilePath).catch(() => undefined);
        else await pause(200, undefined, { signal }).catch(() => undefined);
      }
    }
  } catch {
    // The work is done without a lock, or with one that does not tell whose it is.
  }
  try {
    return await work();
  } finally {
    if (release !== null) {
      await rm(holder, { force: true }).catch(() => undefined);
      await release().catch(() => undefined);
    }
  }
}

/** True for the one who finds that the holder was killed: of several who wait, only one can move the file away. */
async function takeFromDead(holder: string): Promise<boolean> {
  const mine = `${holder}.${process.pid}`;
  try {
    const { pid, start } = JSON.parse(await readFile(holder, 'utf8')) as { pid: number; start: string | null };
    if (isAlive(pid, start)) return false;
    await rename(holder, mine);
    await rm(mine, { force: true });
    return true;
  } catch {
    return false;
  }
}
