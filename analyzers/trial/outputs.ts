import { readFile, stat } from 'node:fs/promises';
import type { Effect, Run, Seconds } from '../types';
import { seconds } from '../platform/units';
import type { FileChange, RegionObservation, RunResult } from '../run/program';

/** A file that a run wrote, read before the sandbox is restored. */
export interface WrittenFile {
  path: string;
  change: FileChange['change'];
  sha256: string | null;
  /** Null when the file was deleted or is too large to be kept: then only its hash is compared. */
  bytes: Uint8Array | null;
}
/** Everything of one run that is compared. The sandbox's own paths are replaced, so that two sandboxes give the same text. */
export interface Outputs {
  run: Run;
  /** Wall time less the time that the main thread waited for a core, where the system tells. */
  active: Seconds;
  stdout: string;
  stderr: string;
  files: WrittenFile[];
  regions: RegionObservation[];
  /** Calls that were given other arguments. */
  changedCalls?: number;
  refused: Effect | null;
}

// Larger files are compared by their hash alone.
const KEPT_FILE = 64 * 1024 * 1024;
const KEPT_FILES = 256 * 1024 * 1024;

/** Text where it is UTF-8; otherwise one character a byte, which loses nothing. */
export function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return Buffer.from(bytes).toString('latin1');
  }
}

/** Reads what a run left behind; call it before the next run in the same sandbox. */
export async function outputsOf(result: RunResult, place: { dir: string; temp: string }): Promise<Outputs> {
  const files: WrittenFile[] = [];
  let kept = 0;
  for (const file of [...result.files].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    if (/(^|[\\/])__pycache__([\\/]|$)/.test(file.path)) continue;
    let bytes: Uint8Array | null = null;
    if (file.content !== null) {
      const size = (await stat(file.content).catch(() => null))?.size ?? Infinity;
      if (size <= KEPT_FILE && kept + size <= KEPT_FILES) {
        bytes = await readFile(file.content).catch(() => null);
        kept += bytes?.length ?? 0;
      }
    }
    files.push({ path: file.path, change: file.change, sha256: file.sha256, bytes });
  }
  const placed = (bytes: Uint8Array): string => withoutPlace(decode(bytes), place);
  const active = seconds(Math.max(0, result.run.seconds - (result.queueDelay ?? 0)));
  return {
    run: result.run,
    active,
    stdout: placed(result.stdout),
    stderr: placed(result.stderr),
    files,
    regions: result.regions,
    changedCalls: result.changedCalls ?? 0,
    refused: result.refused,
  };
}

function withoutPlace(text: string, place: { dir: string; temp: string }): string {
  // The temp folder may lie in the sandbox or the other way round: the longer path first.
  const names: [string, string][] = [
    [place.dir, '<project>'],
    [place.temp, '<temp>'],
  ];
  names.sort((a, b) => b[0].length - a[0].length);
  return names.reduce((result, [path, name]) => (path === '' ? result : result.replaceAll(path, name)), text);
}

/**
 * Tracebacks and warnings quote line numbers and source lines, which an edit moves: only what was raised and where in the call path is kept.
 */
export function foldSourceLines(stderr: string): string {
  const lines = stderr.split('\n');
  const kept: string[] = [];
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    if (line.startsWith('Traceback (most recent call last):')) {
      kept.push('Traceback');
      while (/^\s/.test(lines[index + 1] ?? '')) index += 1;
      continue;
    }
    const warning = /^(.*\.pyw?):\d+: (\w*Warning: .*)$/.exec(line);
    if (warning !== null) {
      kept.push(`${warning[1] ?? ''}: ${warning[2] ?? ''}`);
      if (/^ {2}\S/.test(lines[index + 1] ?? '')) index += 1;
      continue;
    }
    kept.push(line);
  }
  return kept.join('\n');
}

/** The type of the exception that ended the program, as the interpreter prints it; null where it ended otherwise. */
export function exceptionOf(stderr: string): string | null {
  const folded = foldSourceLines(stderr).split('\n');
  const at = folded.lastIndexOf('Traceback');
  if (at < 0) return null;
  return /^([\p{L}_][\p{L}\p{N}_.]*)/u.exec(folded[at + 1] ?? '')?.[1] ?? null;
}
