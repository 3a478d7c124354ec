import { createHash } from 'node:crypto';
import type { Edit } from '../types';
import { ok, refuse, type Outcome } from '../platform/result';

/** Offsets at which lines start; a line ends with \n or \r\n. */
function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

/**
 * The file's bytes with the edits made. Positions are the editor's: a byte order mark counts as nothing and is kept, as line ends are.
 * Refuses with 'file-changed', 'not-utf8' or 'bad-edit'.
 */
export function editedText(name: string, raw: Uint8Array, edits: readonly Edit[]): Outcome<Uint8Array> {
  const sha256 = createHash('sha256').update(raw).digest('hex');
  if (edits.some((edit) => edit.sha256 !== sha256)) {
    return refuse('file-changed', `${name} has changed since it was analysed.`, 'Analyse it again.');
  }
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(raw);
  } catch {
    return refuse('not-utf8', `${name} is not UTF-8 text.`, 'Save it as UTF-8 and try again.');
  }
  const mark = text.startsWith('\uFEFF') ? '\uFEFF' : '';
  text = text.slice(mark.length);
  const starts = lineStarts(text);
  const offset = (position: { line: number; character: number }): number => {
    const start = starts[position.line];
    // An edit may begin or end behind the last line.
    if (start === undefined) return position.line === starts.length ? text.length : -1;
    return Math.min(start + position.character, starts[position.line + 1] ?? text.length);
  };
  const changes = edits
    .map((edit, order) => ({ start: offset(edit.start), end: offset(edit.end), newText: edit.newText, order }))
    .sort((a, b) => a.start - b.start || a.end - b.end || a.order - b.order);
  let done = 0;
  const parts: string[] = [];
  for (const change of changes) {
    if (change.start < done || change.end < change.start)
      return refuse('bad-edit', `Two edits of ${name} overlap, or lie outside it.`, 'Report this as a bug.');
    parts.push(text.slice(done, change.start), change.newText);
    done = change.end;
  }
  return ok(Buffer.from(mark + parts.join('') + text.slice(done), 'utf8'));
}
