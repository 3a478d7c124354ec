import { databaseContent } from './database-file';
import { decode } from './outputs';
import type { WrittenFile } from './outputs';
import { compareText, noMask } from './text';
import type { TextMask, TextRules } from './text';
import { closeFloats } from './tokens';

export interface FileComparison {
  difference: string | null;
  evidence: number;
}

const isText = (bytes: Uint8Array): boolean => {
  if (bytes.includes(0)) return false;
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
};

/** Header and float data of an array file, version 1 to 3; null for other dtypes and for anything that is not such a file. */
function readArrayFile(bytes: Uint8Array): { header: string; values: ArrayLike<number> } | null {
  if (bytes.length < 12 || bytes[0] !== 0x93 || decode(bytes.subarray(1, 6)) !== 'NUMPY') return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = bytes[6] === 1 ? 10 : 12;
  const length = bytes[6] === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  const header = decode(bytes.subarray(start, start + length)).trim();
  const width = /'descr':\s*'<f([48])'/.exec(header)?.[1];
  if (width === undefined || start + length > bytes.length) return null;
  const data = new Uint8Array(bytes.subarray(start + length));
  const usable = Math.floor(data.length / Number(width));
  return { header, values: width === '8' ? new Float64Array(data.buffer, 0, usable) : new Float32Array(data.buffer, 0, usable) };
}

/** Same bytes, or the same text or array within the tolerance. */
export function compareFile(original: WrittenFile, candidate: WrittenFile, rules: TextRules, mask: TextMask | undefined): FileComparison {
  const name = `file ${original.path}`;
  if (original.change !== candidate.change) {
    return { difference: `${name}: ${original.change} in the original, ${candidate.change} in the candidate.`, evidence: 0 };
  }
  if (mask?.mode === 'ignored') return { difference: null, evidence: 0 };
  if (original.sha256 !== null && original.sha256 === candidate.sha256) return { difference: null, evidence: 1 };
  const a = original.bytes;
  const b = candidate.bytes;
  if (a === null || b === null) return { difference: original.sha256 === candidate.sha256 ? null : `${name}: its content differs.`, evidence: 1 };
  if (Buffer.compare(a, b) === 0) return { difference: null, evidence: 1 };
  const left = readArrayFile(a);
  const right = readArrayFile(b);
  if (left !== null && right !== null) {
    if (left.header !== right.header || left.values.length !== right.values.length)
      return { difference: `${name}: the array's type or shape differs.`, evidence: 0 };
    for (let index = 0; index < left.values.length; index += 1) {
      const x = left.values[index] ?? 0;
      const y = right.values[index] ?? 0;
      if (!closeFloats(x, y, rules.tolerance)) {
        return { difference: `${name}: element ${index} is ${x} in the original and ${y} in the candidate.`, evidence: 0 };
      }
    }
    return { difference: null, evidence: 1 };
  }
  const stored = databaseContent(a);
  const found = databaseContent(b);
  if (stored !== null && found !== null && Buffer.compare(stored, found) === 0) return { difference: null, evidence: 1 };
  if (isText(a) && isText(b)) return compareText(name, decode(a), decode(b), rules, mask ?? noMask());
  return { difference: `${name}: its content differs.`, evidence: 0 };
}

/** `out-12ab34.txt` and `out-98cd00.txt` are the same file under a name that changes from run to run. */
export const namePattern = (path: string): string => path.replace(/[0-9a-f]*\d[0-9a-f]*|[A-Za-z0-9_]{8}(?=[./\\]|$)/g, '*');
