import type { Edit, Interpreter, Source } from '../types';
import { ok, type Outcome } from '../platform/result';
import { applyEdits } from '../platform/text-edit';
import { checkSyntax } from './check';

/** Refuses edits whose result the user's interpreter cannot compile. Nothing is run or written. `sources` are the files as they were read. */
export async function checkEdits(interpreter: Interpreter, sources: readonly Source[], edits: readonly Edit[]): Promise<Outcome<void>> {
  const files: { path: string; text: string }[] = [];
  for (const path of new Set(edits.map((edit) => edit.file))) {
    const source = sources.find((each) => each.path === path);
    if (source === undefined) throw new Error(`${path} was not read, so nothing may edit it`);
    const edited = applyEdits(
      source.text,
      edits.filter((edit) => edit.file === path),
    );
    if (!edited.ok) return edited;
    files.push({ path, text: edited.value });
  }
  return files.length === 0 ? ok(undefined) : checkSyntax(interpreter, files);
}
