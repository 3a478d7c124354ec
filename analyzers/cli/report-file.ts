import { readFile, stat } from 'node:fs/promises';
import type { Outcome } from '../platform/result';
import { parseReport } from '../report/schema';
import type { Report } from '../types';
import { UsageError } from './exit';

// Ours are well under this; a file that is larger is something else.
const MOST_BYTES = 64 * 2 ** 20;

/** @throws UsageError when there is no such file. Refused when it is not a report. */
export async function readReport(file: string): Promise<Outcome<Report>> {
  const stats = await stat(file).catch(() => null);
  if (stats === null) throw new UsageError(`There is no file ${file}.`);
  if (stats.isDirectory()) throw new UsageError(`${file} is a folder: give a report's file.`);
  if (stats.size > MOST_BYTES) throw new UsageError(`${file} is too large to be a report.`);
  return parseReport(await readFile(file, 'utf8'));
}
