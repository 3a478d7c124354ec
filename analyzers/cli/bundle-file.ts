/** Evidence bundles as files: JSON, compressed where the name ends in .gz. */
import { readFile, stat, writeFile } from 'node:fs/promises';
import { gunzipSync, gzipSync } from 'node:zlib';
import { fileHash } from '../platform/file-hash';
import { refuse, type Outcome } from '../platform/result';
import { bytes } from '../platform/units';
import { buildBundle, parseBundle, type Bundle, type ProofEvidence } from '../report/bundle';
import type { Report } from '../types';
import { UsageError } from './exit';

const MOST_BYTES = 64 * 2 ** 20;
/** Larger inputs are known by their size alone. */
const MOST_HASHED = 2 ** 30;

/** A file as an input of the proof; null for what is no file. */
export async function inputOf(file: string): Promise<Bundle['inputs'][number] | null> {
  const stats = await stat(file).catch(() => null);
  if (stats === null) return { path: file, sha256: null, size: bytes(0) };
  if (!stats.isFile()) return null;
  return { path: file, sha256: stats.size > MOST_HASHED ? null : await fileHash(file), size: bytes(stats.size) };
}

/** @throws UsageError where it cannot be written. */
export async function writeBundle(file: string, report: Report, evidence: ProofEvidence): Promise<void> {
  const own = new Set(evidence.files.map(({ path }) => path));
  const read = report.effects.filter(({ kind, target }) => kind === 'file-read' && !own.has(target)).map(({ target }) => target);
  const inputs = await Promise.all([...new Set(read)].map(inputOf));
  const bundle = buildBundle(report, evidence, inputs.filter((input) => input !== null)); // prettier-ignore
  const text = `${JSON.stringify(bundle, null, 1)}\n`;
  try {
    await writeFile(file, file.endsWith('.gz') ? gzipSync(text) : text);
  } catch (error) {
    throw new UsageError(`${file} cannot be written: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** @throws UsageError when there is no such file. Refused when it is not a bundle. */
export async function readBundle(file: string): Promise<Outcome<Bundle>> {
  const stats = await stat(file).catch(() => null);
  if (stats === null) throw new UsageError(`There is no file ${file}.`);
  if (stats.isDirectory()) throw new UsageError(`${file} is a folder: give a bundle's file.`);
  if (stats.size > MOST_BYTES) throw new UsageError(`${file} is too large to be a bundle.`);
  const raw = await readFile(file);
  if (raw[0] !== 0x1f || raw[1] !== 0x8b) return parseBundle(raw.toString('utf8'));
  try {
    return parseBundle(gunzipSync(raw, { maxOutputLength: 4 * MOST_BYTES }).toString('utf8'));
  } catch {
    return refuse(
      'not-json',
      `${file} is compressed, and what is in it cannot be read.`,
      'Give a file that `hotloop prove SCRIPT --bundle FILE` wrote.',
    );
  }
}
