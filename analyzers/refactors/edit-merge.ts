import type { Edit, Position } from '../types';

const samePlace = (a: Position, b: Position): boolean => a.line === b.line && a.character === b.character;
const before = (a: Position, b: Position): boolean => a.line < b.line || (a.line === b.line && a.character < b.character);
const isInsertion = (edit: Edit): boolean => samePlace(edit.start, edit.end);
/** A guard is the same with or without a blank line above. */
const isTwin = (a: Edit, b: Edit): boolean =>
  a.file === b.file && samePlace(a.start, b.start) && samePlace(a.end, b.end) && (a.newText === b.newText || (isGuard(a) && isGuard(b)));

const isGuard = (edit: Edit): boolean => isInsertion(edit) && /^\s*if __name__ == "__main__":\r?\n$/.test(edit.newText);
/** Moves one line of the file to the right, under a guard. */
const isIndent = (edit: Edit): boolean => isInsertion(edit) && edit.start.character === 0 && /^[ \t]+$/.test(edit.newText);
const isImport = (edit: Edit): boolean =>
  isInsertion(edit) && linesOf(edit).length > 0 && linesOf(edit).every((line) => /^(import|from) /.test(line));
const isDefinition = (edit: Edit): boolean => isInsertion(edit) && /^\s*(def|class|async def|@)\b/.test(edit.newText) && !/^[ \t]/.test(edit.newText);
const linesOf = (edit: Edit): string[] => edit.newText.split(/\r?\n/).filter((line) => line.trim() !== '');

/** Edits that do what both lists do, in text order; null where they do not go together. What both do alike, as an import or a guard is, is done once. */
export function mergeEdits(first: readonly Edit[], second: readonly Edit[]): Edit[] | null {
  const a = underGuard(first, second);
  const b = underGuard(second, first);
  if (!a || !b) return null;
  const merged = [...a];
  for (const edit of b) {
    const twin = merged.findIndex((other) => isTwin(edit, other));
    if (twin >= 0) {
      // Below a new function the guard needs no blank line of its own.
      if (edit.newText.length < (merged[twin]?.newText.length ?? 0)) merged[twin] = edit;
      continue;
    }
    const place = isImport(edit) ? merged.findIndex((other) => isImport(other) && sameStart(edit, other)) : -1;
    const other = merged[place];
    if (other) merged[place] = joinedImports(other, edit);
    else merged.push(edit);
  }
  const once = withoutRepeated(merged);
  if (once.some((edit, index) => once.slice(0, index).some((other) => touch(edit, other)))) return null;
  const names = once.flatMap(namesDefined);
  return new Set(names).size === names.length ? once.sort(inTextOrder) : null;
}

const sameStart = (a: Edit, b: Edit): boolean => a.file === b.file && samePlace(a.start, b.start);

/**
 * Where the other list puts lines under a guard that a block of this list replaces, the block goes there as a whole: it is moved to the right unless it
 * was written for the same guard.
 */
function underGuard(own: readonly Edit[], others: readonly Edit[]): Edit[] | null {
  const result: Edit[] = [];
  for (const edit of own) {
    const lines = new Map(others.filter((other) => isIndent(other) && other.file === edit.file).map((other) => [other.start.line, other.newText]));
    // A line that the other list moves and this one replaces is moved by neither: see below.
    if (isIndent(edit) && others.some((other) => covers(other, edit))) continue;
    const moved = isIndent(edit) || isGuard(edit) || isDefinition(edit) || isImport(edit) || isGuardedAlike(edit, own, others);
    const unit = lines.get(edit.start.line);
    if (moved || unit === undefined) result.push(edit);
    else if (/"""|'''|\\\r?\n/.test(edit.newText)) return null;
    else {
      const from = edit.start.character === 0 ? 0 : 1;
      const text = edit.newText.split('\n').map((line, index) => (index < from || line.trim() === '' ? line : unit + line));
      result.push({ ...edit, newText: text.join('\n') });
    }
  }
  return result;
}

/** Does the replacement take the place of the start of the line that the other edit moves? */
function covers(replacement: Edit, indent: Edit): boolean {
  if (isInsertion(replacement) || replacement.file !== indent.file) return false;
  return !before(indent.start, replacement.start) && before(indent.start, replacement.end);
}

/** The guard above the edit stands in both lists, so that its text is already written for it. */
function isGuardedAlike(edit: Edit, own: readonly Edit[], others: readonly Edit[]): boolean {
  const above = others.filter((other) => isGuard(other) && other.file === edit.file && other.start.line <= edit.start.line);
  const last = above.reduce<Edit | null>((found, one) => (found && found.start.line > one.start.line ? found : one), null);
  return last !== null && own.some((one) => isTwin(one, last));
}

function joinedImports(a: Edit, b: Edit): Edit {
  const eol = /\r\n/.test(a.newText) ? '\r\n' : '\n';
  const lines = [...new Set([...linesOf(a), ...linesOf(b)])].sort((x, y) => (importKey(x) < importKey(y) ? -1 : 1));
  const [, head = '', tail = ''] = /^(\s*)[\s\S]*?(\s*)$/.exec(a.newText) ?? [];
  return { ...a, newText: head + lines.join(eol) + tail };
}
const importKey = (line: string): string => line.replace(/^(from|import) /, '');

/** A function that two lists add in different places is added at the upper one. */
function withoutRepeated(edits: readonly Edit[]): Edit[] {
  const repeats = (edit: Edit): boolean =>
    isDefinition(edit) &&
    edits.some(
      (other) =>
        other !== edit &&
        other.file === edit.file &&
        isDefinition(other) &&
        other.newText.trim() === edit.newText.trim() &&
        before(other.start, edit.start),
    );
  return edits.filter((edit) => !repeats(edit));
}

/** Names that an edit adds to a module: each may be given only once. */
function namesDefined(edit: Edit): string[] {
  if (!isDefinition(edit)) return [];
  return [...edit.newText.matchAll(/^(?:(?:async )?def|class) +(\w+)|^(\w+) *=[^=]/gm)].map((match) => `${edit.file}:${match[1] ?? match[2] ?? ''}`);
}

/** Two insertions at one place do not touch: both are made, one after the other. */
function touch(a: Edit, b: Edit): boolean {
  if (a.file !== b.file) return false;
  if (isInsertion(a) || isInsertion(b)) {
    const [point, other] = isInsertion(a) ? [a.start, b] : [b.start, a];
    return before(other.start, point) && before(point, other.end);
  }
  return before(a.start, b.end) && before(b.start, a.end);
}

/** At one place come imports, then functions, then the guard, then what goes under it, and last what replaces the old text. */
function inTextOrder(a: Edit, b: Edit): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  if (!samePlace(a.start, b.start)) return before(a.start, b.start) ? -1 : 1;
  return rank(a) - rank(b);
}

function rank(edit: Edit): number {
  if (!isInsertion(edit)) return 5;
  return isImport(edit) ? 0 : isDefinition(edit) ? 1 : isGuard(edit) ? 2 : isIndent(edit) ? 4 : 3;
}
