/** Changes of several files, all or none. */
import { createHash, randomBytes } from 'node:crypto';
import { chmod, chown, lstat, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ok, refuse, type Outcome } from '../platform/result';
import { applyEdits } from '../platform/text-edit';
import type { Edit } from '../types';
import { readSourceText } from './source-text';

export interface FileChange {
  /** As the report names it. */
  file: string;
  before: Uint8Array;
  after: Uint8Array;
  /** Both as text, for a diff. */
  beforeText: string;
  afterText: string;
}

/** What the edits make of each file, nothing written. Refused where a file is gone, is not what was measured, or cannot take the edits. */
export async function changesOf(edits: readonly Edit[]): Promise<Outcome<FileChange[]>> {
  const changes: FileChange[] = [];
  for (const file of new Set(edits.map((edit) => edit.file))) {
    const own = edits.filter((edit) => edit.file === file);
    const before = await readFile(file).catch(() => null);
    if (before === null) return refuse('file-missing', `${file} is not there any more, or cannot be read.`, 'Nothing was changed. Prove again.');
    const sha256 = createHash('sha256').update(before).digest('hex');
    if (own.some((edit) => edit.sha256 !== sha256)) {
      return refuse('file-changed', `${file} was changed after it was measured.`, 'Nothing was changed. Prove again.');
    }
    const source = readSourceText(file, before);
    if (!source.ok) return source;
    const eol = lineEnd(source.value.text);
    const edited = applyEdits(source.value.text, own.map((edit) => ({ ...edit, newText: edit.newText.replace(/\r\n|\n/g, eol) }))); // prettier-ignore
    if (!edited.ok) return edited;
    const after = source.value.encode(edited.value);
    if (!after.ok) return after;
    changes.push({ file, before, after: after.value, beforeText: source.value.text, afterText: edited.value });
  }
  return ok(changes);
}

/** The line end that most lines have. */
function lineEnd(text: string): string {
  const all = text.split('\n').length - 1;
  return (text.match(/\r\n/g)?.length ?? 0) * 2 > all ? '\r\n' : '\n';
}

const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Writes beside the target and then takes its place, so that no reader ever sees half a file. Mode and owner are the old one's. @throws system errors. */
async function replaceFile(target: string, content: Uint8Array): Promise<void> {
  const fresh = path.join(path.dirname(target), `.${path.basename(target)}.${randomBytes(6).toString('hex')}.hotloop`);
  const { mode, uid, gid } = await stat(target);
  try {
    await writeFile(fresh, content, { mode: mode & 0o7777, flag: 'wx' });
    await chown(fresh, uid, gid).catch(() => undefined); // not ours to give, which changes nothing where it is ours anyway
    await chmod(fresh, mode & 0o7777); // the umask took some of it
    await rename(fresh, target);
  } catch (error) {
    await rm(fresh, { force: true });
    throw error;
  }
}

/** Writes all files or none. A symbolic link stays one: the file that it names is changed. */
export async function writeChanges(changes: readonly FileChange[]): Promise<Outcome<void>> {
  const targets: { target: string; change: FileChange }[] = [];
  for (const change of changes) {
    const target = await realpath(change.file).catch(() => null);
    if (target === null || !(await lstat(target)).isFile())
      return refuse('file-missing', `${change.file} is not a file any more.`, 'Nothing was changed. Prove again.');
    // Its folder would let us replace it, but whoever made it read-only meant it.
    if (((await stat(target)).mode & 0o222) === 0) {
      return refuse('read-only', `${change.file} is read-only.`, 'Nothing was changed. Make it writable, or use --output-dir.');
    }
    targets.push({ target, change });
  }
  const done: { target: string; change: FileChange }[] = [];
  for (const { target, change } of targets) {
    try {
      // Since the hash was checked somebody may have saved it.
      if (!Buffer.from(await readFile(target)).equals(change.before)) {
        throw new Error('it was changed in this moment');
      }
      await replaceFile(target, change.after);
      done.push({ target, change });
    } catch (error) {
      const lost: string[] = [];
      for (const { target: file, change: old } of done) await replaceFile(file, old.before).catch(() => lost.push(file));
      const left = lost.length === 0 ? 'Nothing was changed.' : `Not taken back: ${lost.join(', ')}.`;
      return refuse('not-written', `${change.file} cannot be written: ${reason(error)}.`, left);
    }
  }
  return ok(undefined);
}
