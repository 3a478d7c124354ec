/** The script is run several times, and each run has to read the same bytes: what is piped in is kept in a file first. */
import { createReadStream, createWriteStream, fstatSync, readFileSync, readlinkSync, statSync, type Stats } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isatty } from 'node:tty';
import { ok, refuse, type Outcome } from '../platform/result';
import { bytes, formatBytes } from '../platform/units';
import type { Bytes } from '../types';

export interface StandardInput {
  /** As the pipeline takes it: a file's path, 'inherit' for ours, null for empty. */
  stdin: string | null;
  /** Removes what was kept. Never throws. */
  dispose(): Promise<void>;
}

const MOST = bytes(512 * 2 ** 20);
/** A program that started us with an open pipe may never write to it or close it. */
const FIRST_BYTES_WITHIN = 200;

const without = (stdin: StandardInput['stdin']): Outcome<StandardInput> => ok({ stdin, dispose: () => Promise.resolve() });

export async function takeStandardInput(signal: AbortSignal, most: Bytes = MOST): Promise<Outcome<StandardInput>> {
  if (isatty(0)) return without('inherit');
  let stats: Stats;
  try {
    stats = fstatSync(0);
  } catch {
    return without(null);
  }
  if (stats.isFile()) {
    const file = wholeFile(stats);
    return file === null ? spool(createReadStream('', { fd: 0, autoClose: false }), signal, most) : without(file);
  }
  if (!stats.isFIFO() && !stats.isSocket()) return without(null);
  return spool(process.stdin, signal, most);
}

/** The path of a redirected file that nothing was read of yet; null where that cannot be told. */
function wholeFile(stats: Stats): string | null {
  try {
    const file = readlinkSync('/proc/self/fd/0');
    const found = statSync(file);
    const unread = /^pos:\s*0$/m.test(readFileSync('/proc/self/fdinfo/0', 'latin1'));
    return unread && found.ino === stats.ino && found.dev === stats.dev ? file : null;
  } catch {
    return null;
  }
}

async function spool(input: NodeJS.ReadableStream & { destroy?(): void }, signal: AbortSignal, most: Bytes): Promise<Outcome<StandardInput>> {
  const folder = await mkdtemp(path.join(tmpdir(), 'hotloop-stdin-'));
  const file = path.join(folder, 'stdin');
  const dispose = (): Promise<void> => rm(folder, { recursive: true, force: true }).catch(() => undefined);
  const output = createWriteStream(file, { mode: 0o600 });
  let size = 0;
  const end = await new Promise<'end' | 'silent' | 'large' | 'cancelled' | Error>((resolve) => {
    const timer = setTimeout(() => resolve('silent'), FIRST_BYTES_WITHIN);
    signal.addEventListener('abort', () => resolve('cancelled'), { once: true });
    input.on('data', (chunk: Buffer) => {
      clearTimeout(timer);
      size += chunk.length;
      if (size > most) resolve('large');
      else if (!output.write(chunk)) {
        input.pause();
        output.once('drain', () => input.resume());
      }
    });
    input.once('end', () => resolve('end'));
    input.once('error', resolve);
    output.once('error', resolve);
  });
  input.removeAllListeners('data');
  // An open pipe would keep us alive for ever.
  input.pause();
  input.destroy?.();
  await new Promise<void>((resolve) => output.end(() => resolve()));
  if (end === 'end' && size > 0) return ok({ stdin: file, dispose });
  await dispose();
  if (end === 'end' || end === 'silent') return without(null);
  if (end === 'cancelled') return refuse('cancelled', 'Cancelled.', '');
  if (end === 'large')
    return refuse('stdin-too-large', `Standard input is larger than ${formatBytes(most)}.`, 'Put it in a file and redirect that: < FILE.');
  return refuse('stdin-unreadable', `Standard input cannot be read: ${end.message}.`, 'Give it as a file: < FILE.');
}
