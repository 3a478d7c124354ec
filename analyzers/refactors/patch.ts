/** A change that the person wrote, as a candidate like any other: it is tried and measured, but nobody promises anything for it. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { applyPatch, parsePatch, structuredPatch, type StructuredPatch } from 'diff';
import { ok, refuse, type Outcome } from '../platform/result';
import { lineStarts } from '../platform/text-edit';
import { readModule, type PythonModule } from '../syntax/python-module';
import type { Candidate, Edit, Hotspot, Region, Source, Span } from '../types';

/** One file of the project as it is and as the diff makes it, without a byte order mark. */
export interface PatchedFile {
  path: string;
  before: string;
  after: string;
}

/** As for the vectorize refactors: sums of floats may be taken in another order. */
const TOLERANCE = 1e-9;
const toDo = 'Make it anew with `git diff` or `diff -u`, from the files as they are now.';

/**
 * Reads a unified diff and fits it to the files in `folders` (absolute; the first in which a file is found counts). Nothing is written.
 * Refuses 'bad-patch' (no diff, or of no file), 'new-file' (files made, deleted or renamed), 'outside-project' and 'patch-does-not-fit'.
 */
export async function readPatch(diff: string, folders: readonly string[]): Promise<Outcome<PatchedFile[]>> {
  let parts: StructuredPatch[];
  try {
    parts = parsePatch(diff).filter(({ hunks }) => hunks.length > 0);
  } catch (error) {
    return refuse('bad-patch', `The patch is not a unified diff: ${error instanceof Error ? error.message : String(error)}`, toDo);
  }
  if (parts.length === 0) return refuse('bad-patch', 'The patch changes nothing, or is not a unified diff.', toDo);
  const files: PatchedFile[] = [];
  for (const part of parts) {
    const from = nameOf(part.oldFileName);
    const to = nameOf(part.newFileName);
    if (from === null || to === null) return refuse('new-file', `The patch makes or deletes ${from ?? to ?? 'a file'}.`, 'Give a patch that only changes lines of files that are there.'); // prettier-ignore
    const found = await findFile([...new Set([from, to])], folders);
    if (found === null) return refuse('outside-project', `There is no file ${from} in ${folders.join(' or ')}.`, 'Give a patch of files of the project, with paths from its folder.'); // prettier-ignore
    const after = applyPatch(found.text, part);
    if (after === false) return refuse('patch-does-not-fit', `The patch does not fit ${found.path}.`, toDo);
    files.push({ path: found.path, before: found.text, after });
  }
  return ok(files);
}

/** git writes a/ and b/ before the names, diff a tab and the time behind them. */
function nameOf(written: string | undefined): string | null {
  const name = (written ?? '').split('\t')[0]?.trim() ?? '';
  return name === '' || name === '/dev/null' ? null : name;
}

async function findFile(names: readonly string[], folders: readonly string[]): Promise<{ path: string; text: string } | null> {
  const tried = names.flatMap((name) => [name.replace(/^[ab]\//, ''), name]);
  for (const folder of folders) {
    for (const name of tried) {
      const file = path.resolve(folder, name);
      // A diff from somewhere else must not reach around the project.
      if (!folders.some((one) => file.startsWith(one + path.sep))) continue;
      const text = await readFile(file, 'utf8').catch(() => null);
      if (text !== null) return { path: file, text: text.replace(/^\uFEFF/, '') };
    }
  }
  return null;
}

/** Refuses 'not-used' where a patched file took no part in the run, and 'no-region' where nothing that runs is changed. */
export function candidateOfPatch(patched: readonly PatchedFile[], sources: readonly Source[], hotspots: readonly Hotspot[]): Outcome<Candidate> {
  const edits: Edit[] = [];
  const regions: Region[] = [];
  const touched: { file: string; firstLine: number; lastLine: number }[] = [];
  for (const { path: file, before, after } of patched) {
    const source = sources.find((one) => one.path === file);
    if (source === undefined) return refuse('not-used', `The run did not use ${file}.`, 'Run the script in a way that uses it.');
    if (source.text !== before) return refuse('patch-does-not-fit', `${file} was changed meanwhile.`, toDo);
    const changes = changesOf(before, after);
    edits.push(...changes.map((change) => editOf(change, source, after)));
    regions.push(...regionsOf(changes, readModule(source), readModule({ ...source, text: after })));
    touched.push(...changes.map(({ oldLine, removed }) => ({ file, firstLine: oldLine, lastLine: oldLine + Math.max(0, removed - 1) })));
  }
  if (regions.length === 0) return refuse('no-region', 'Nothing that runs is changed by the patch.', 'Give a patch that changes statements.');
  const hot = hotspots.filter(({ file, span }) =>
    touched.some((one) => one.file === file && one.firstLine <= span.end.line && one.lastLine >= span.start.line),
  );
  return ok({
    id: `patch@${hot[0]?.id ?? path.basename(regions[0]?.file ?? '')}`,
    refactor: 'patch',
    family: 'algorithm',
    title: 'Your patch',
    hotspots: hot.map(({ id }) => id),
    parts: [],
    edits,
    regions,
    cost: { kind: 'factor', low: 1, high: 1 },
    predicted: null,
    assumptions: ['The change is your own: of it nothing is known but what these runs showed.'],
    requires: [],
    tolerance: TOLERANCE,
    guarded: false,
    workers: null,
  });
}

/** Whole lines from 0: `removed` from `oldLine` on are replaced by `added` from `newLine` on. */
interface Change {
  oldLine: number;
  removed: number;
  newLine: number;
  added: number;
}

function changesOf(before: string, after: string): Change[] {
  const { hunks } = structuredPatch('', '', before, after, undefined, undefined, { context: 0 });
  // Of an empty side, a unified diff gives the line before it.
  return hunks.map(({ oldStart, oldLines, newStart, newLines }) => ({
    oldLine: oldLines === 0 ? oldStart : oldStart - 1,
    removed: oldLines,
    newLine: newLines === 0 ? newStart : newStart - 1,
    added: newLines,
  }));
}

function editOf({ oldLine, removed, newLine, added }: Change, source: Source, after: string): Edit {
  const starts = lineStarts(after);
  const newText = after.slice(starts[newLine] ?? after.length, starts[newLine + added] ?? after.length);
  return {
    file: source.path,
    sha256: source.sha256,
    start: { line: oldLine, character: 0 },
    end: { line: oldLine + removed, character: 0 },
    newText,
  };
}

/**
 * What is timed and has to run: the bodies of the changed functions, and the changed statements of the module level that do something.
 * What defines a name or imports one runs whatever happens, so it tells nothing.
 */
function regionsOf(changes: readonly Change[], before: PythonModule, after: PythonModule): Region[] {
  const regions = new Map<string, Region>();
  const { file } = before;
  for (const { oldLine, removed, newLine, added } of changes) {
    const owner = functionAt(before, oldLine, removed) ?? functionAt(after, newLine, added);
    const then = before.functions.find(({ qualname }) => qualname === owner);
    const now = after.functions.find(({ qualname }) => qualname === owner);
    if (then !== undefined && now !== undefined) {
      const [old, fresh] = [linesOf(then.body), linesOf(now.body)];
      if (old !== null && fresh !== null) regions.set(then.qualname, { file, before: old, after: fresh, captures: [] });
      continue;
    }
    const old = linesOf(statementsAt(before, oldLine, removed));
    const fresh = linesOf(statementsAt(after, newLine, added));
    const captures = before.outline.statements.filter(({ span }) => old !== null && within(span, old)).flatMap(({ names }) => names);
    const kept = captures.filter((name) => after.outline.statements.some(({ names }) => names.includes(name)));
    if (old !== null && fresh !== null) regions.set(`line ${old.startLine}`, { file, before: old, after: fresh, captures: [...new Set(kept)] });
  }
  return [...regions.values()];
}

/** The innermost function that the lines lie in or, as a decorator does, right above. */
function functionAt(module: PythonModule, line: number, count: number): string | null {
  const last = line + Math.max(0, count - 1);
  const around = module.functions.filter(({ span }) => span.start.line <= last && span.end.line >= line);
  around.sort((a, b) => a.span.end.line - a.span.start.line - (b.span.end.line - b.span.start.line));
  return around[0]?.qualname ?? null;
}

function statementsAt(module: PythonModule, line: number, count: number): { span: Span }[] {
  const last = line + Math.max(0, count - 1);
  const { statements } = module.outline;
  const active = statements.filter(({ kind }) => kind === 'other' || kind === 'constant' || kind === 'guard');
  const met = active.filter(({ span }) => span.start.line <= last && span.end.line >= line);
  // Lines put in between statements belong to the one that follows.
  return met.length > 0 ? met : active.filter(({ span }) => span.start.line >= line).slice(0, 1);
}

const within = (span: Span, lines: Region['before']): boolean => span.start.line + 1 >= lines.startLine && span.end.line + 1 <= lines.endLine;

function linesOf(statements: readonly { span: Span }[]): Region['before'] | null {
  const [first] = statements;
  const last = statements.at(-1);
  return first === undefined || last === undefined ? null : { startLine: first.span.start.line + 1, endLine: last.span.end.line + 1 };
}
