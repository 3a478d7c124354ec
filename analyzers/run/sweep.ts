import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

const OWNER = 'owner.json';

/** The system's temp folder, links resolved: paths below it are compared as text. */
export const tempRoot = (): string => realpathSync(tmpdir());

/** When a process began, in the system's own words; null where that cannot be told. Tells a process from a later one with its number. */
export function processStart(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}

/** Whether the process that began then is still there. */
export function isAlive(pid: number, start: string | null): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it lives, and is somebody else's.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const now = processStart(pid);
  return start === null || now === null || now === start;
}

interface Owner {
  start: string | null;
  /** A supervisor that was started from here. */
  running: { pid: number; start: string | null } | null;
}

/** Writes down whose folder this is, and what runs in it. */
export async function markOwner(folder: string, running: number | null = null): Promise<void> {
  const owner: Owner = { start: processStart(process.pid), running: running === null ? null : { pid: running, start: processStart(running) } };
  await writeFile(path.join(folder, OWNER), JSON.stringify(owner), { mode: 0o600 });
}

async function readOwner(folder: string): Promise<Owner | null> {
  try {
    return JSON.parse(await readFile(path.join(folder, OWNER), 'utf8')) as Owner;
  } catch {
    return null;
  }
}

/** Removes what an engine that was killed left behind: its folders, and the supervisors that still run in them. Never throws. */
export async function sweepLeftovers(): Promise<void> {
  const root = tempRoot();
  const names = await readdir(root).catch(() => []);
  for (const name of names) {
    const pid = Number(/^hotloop-(\d+)-/.exec(name)?.[1]);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    const folder = path.join(root, name);
    const owner = await readOwner(folder);
    if (isAlive(pid, owner?.start ?? null)) continue;
    const running = owner?.running ?? null;
    // Only where the start time proves that it is the same process: a number alone may long be another's.
    if (running !== null && running.start !== null && existsSync(`/proc/${running.pid}`) && processStart(running.pid) === running.start) {
      try {
        process.kill(running.pid, 'SIGTERM');
      } catch {
        // it has just ended
      }
    }
    await rm(folder, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
  }
}
