import { ok, refuse, type Outcome } from './result';
import type { Edit, Position } from '../types';

/** Offsets at which the lines of `text` start. CRLF and LF end a line, as in the editor; a lone CR does too. */
export function lineStarts(text: string): number[] {
  const starts = [0];
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === 10 || (code === 13 && text.charCodeAt(index + 1) !== 10)) starts.push(index + 1);
  }
  return starts;
}

/** null where the text has no such line or character; the line behind the last one is the end. @param starts `lineStarts(text)`. */
export function offsetAt(text: string, starts: readonly number[], { line, character }: Position): number | null {
  const start = line === starts.length && character === 0 ? text.length : starts[line];
  if (start === undefined || character < 0) return null;
  const offset = start + character;
  return offset > (starts[line + 1] ?? text.length) ? null : offset;
}

/**
 * The text with the edits of one file made; edits at the same place are made in their order. A byte order mark is kept and counts as nothing, as in
 * the editor. Refused: outside of the text ('edit-outside'), or overlapping ('edits-overlap').
 */
export function applyEdits(given: string, edits: readonly Pick<Edit, 'start' | 'end' | 'newText'>[]): Outcome<string> {
  const mark = given.startsWith('\uFEFF') ? '\uFEFF' : '';
  const text = given.slice(mark.length);
  const starts = lineStarts(text);
  const placed: { start: number; end: number; newText: string }[] = [];
  for (const { start, end, newText } of edits) {
    const from = offsetAt(text, starts, start);
    const to = offsetAt(text, starts, end);
    if (from === null || to === null || to < from) {
      return refuse(
        'edit-outside',
        `The change at line ${start.line + 1} lies outside of the text.`,
        'Prove again: the file is not what was measured.',
      );
    }
    placed.push({ start: from, end: to, newText });
  }
  placed.sort((a, b) => a.start - b.start || a.end - b.end);
  let result = mark;
  let done = 0;
  for (const { start, end, newText } of placed) {
    if (start < done) return refuse('edits-overlap', 'Two of the changes overlap.', 'Apply one candidate at a time.');
    result += text.slice(done, start) + newText;
    done = end;
  }
  return ok(result + text.slice(done));
}
