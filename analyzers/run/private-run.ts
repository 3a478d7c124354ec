import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Bytes, Seconds } from '../types';
import { pythonHelpers } from '../platform/resources';
import { startProcess, type ProcessEnd } from '../platform/process';
import { bytes, seconds } from '../platform/units';
import { markOwner, tempRoot } from './sweep';

/** A private folder under the system's temp folder for as long as the work takes; a later start removes it if we are killed. */
export async function withPrivateFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(path.join(tempRoot(), `hotloop-${process.pid}-`));
  try {
    await markOwner(folder);
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Runs one of our own short helper programs in the user's interpreter, in an empty folder, with its messages kept. */
export function runHelper(
  python: string,
  helper: string,
  args: readonly string[],
  folder: string,
  limit: Seconds = seconds(30),
  keep: Bytes = bytes(64 * 1024),
): Promise<ProcessEnd> {
  const script = path.join(pythonHelpers(), helper);
  return startProcess({ argv: [python, script, ...args], cwd: folder, stdout: 'ignore', stderr: { keep }, limit }).end;
}
