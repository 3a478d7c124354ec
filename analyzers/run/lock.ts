import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { lock } from 'proper-lockfile';
import { stateFolder } from './project';

/**
 * Does the work while no other Hotloop on this machine measures: two benchmarks at once would measure each other. Waits for its turn; once the signal
 * fires it waits no longer, and the work, which heeds the signal itself, is called without the lock. Where no lock can be made the work is done anyway.
 */
export async function withBenchmarkLock<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const folder = stateFolder();
  let release: (() => Promise<void>) | null = null;
  try {
    await mkdir(folder, { recursive: true });
    while (!signal.aborted) {
      try {
        // A lock whose owner was killed is taken over after `stale`.
        release = await lock(folder, {
          lockfilePath: path.join(folder, 'benchmark.lock'),
          stale: 15_000,
          update: 5_000,
          onCompromised: () => undefined,
        });
        break;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ELOCKED') throw error;
        await pause(200, undefined, { signal }).catch(() => undefined);
      }
    }
  } catch {
    release = null;
  }
  try {
    return await work();
  } finally {
    await release?.().catch(() => undefined);
  }
}
