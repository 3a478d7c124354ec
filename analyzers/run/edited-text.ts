import { createHash } from 'node:crypto';
import type { Edit } from '../types';
import { ok, refuse, type Outcome } from '../platform/result';
import { applyEdits } from '../platform/text-edit';

/**
 * The file's bytes with the edits made. Positions are the editor's: a byte order mark counts as nothing and is kept, as line ends are.
 * Refuses with 'file-changed', 'not-utf8', or what `applyEdits` refuses.
 */
export function editedText(name: string, raw: Uint8Array, edits: readonly Edit[]): Outcome<Uint8Array> {
  const sha256 = createHash('sha256').update(raw).digest('hex');
  if (edits.some((edit) => edit.sha256 !== sha256)) return refuse('file-changed', `${name} has changed since it was analysed.`, 'Analyse it again.');
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(raw);
  } catch {
    return refuse('not-utf8', `${name} is not UTF-8 text.`, 'Save it as UTF-8 and try again.');
  }
  const mark = text.startsWith('\uFEFF') ? '\uFEFF' : '';
  const edited = applyEdits(text.slice(mark.length), edits);
  return edited.ok ? ok(Buffer.from(mark + edited.value, 'utf8')) : edited;
}
