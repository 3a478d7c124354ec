import type { Edit, Position, Span } from '../../types';
import { withTree } from '../../syntax/parser';
import { LineTable, nodesOf, readTree } from '../../syntax/plain-tree';
import { before, comparePositions } from '../../platform/span';

/** Lines (0-based) that start inside a string literal: their white space is data and must stay. */
export function linesInsideStrings(text: string): Set<number> {
  const lines = new Set<number>();
  const table = new LineTable(text);
  withTree(text, 'python', (tree) => {
    for (const node of nodesOf(readTree(tree), (inside) => inside.type !== 'string')) {
      if (node.type !== 'string') continue;
      const last = table.positionAt(node.end).line;
      for (let line = table.positionAt(node.start).line + 1; line <= last; line += 1) lines.add(line);
    }
  });
  return lines;
}

export interface Replacement {
  span: Span;
  text: string;
}

/** Text of whole lines of a file, each with its number, so that it can be edited and still be indented knowing which lines are data. */
export class LineBlock {
  readonly #lines: { text: string; fixed: boolean }[];

  private constructor(lines: { text: string; fixed: boolean }[]) {
    this.#lines = lines;
  }

  /** The lines of a span, from the start of its first line to the end of its last, after replacements inside it; no line ends are in the result. */
  static of(text: string, span: Span, replacements: readonly Replacement[], fixed: ReadonlySet<number>): LineBlock {
    const all = text.split('\n').map((line) => line.replace(/\r$/, ''));
    const lines: { text: string; fixed: boolean }[] = [];
    let at: Position = { line: span.start.line, character: 0 };
    let current = '';
    let currentFixed = fixed.has(at.line);
    const take = (to: Position): void => {
      while (at.line < to.line) {
        lines.push({ text: current + (all[at.line] ?? '').slice(at.character), fixed: currentFixed });
        at = { line: at.line + 1, character: 0 };
        current = '';
        currentFixed = fixed.has(at.line);
      }
      current += (all[at.line] ?? '').slice(at.character, to.character);
      at = to;
    };
    for (const { span: place, text: written } of [...replacements].sort((a, b) => comparePositions(a.span.start, b.span.start))) {
      take(place.start);
      current += written;
      at = place.end;
    }
    take({ line: span.end.line, character: (all[span.end.line] ?? '').length });
    lines.push({ text: current, fixed: currentFixed });
    return new LineBlock(lines);
  }

  /** Moves every line that is not data from one indentation to another; empty lines stay empty. */
  moved(from: string, to: string): string[] {
    return this.#lines.map(({ text, fixed }) => {
      if (fixed) return text;
      if (text.trim() === '') return '';
      return text.startsWith(from) ? to + text.slice(from.length) : text;
    });
  }
}

/** In text order; where two start at the same place, an insertion comes before a replacement. */
export function orderedEdits(edits: readonly Edit[]): Edit[] {
  const isInsertion = (edit: Edit): boolean => !before(edit.start, edit.end);
  return [...edits].sort((a, b) => {
    if (a.file !== b.file) return a.file < b.file ? -1 : 1;
    const sameStart = a.start.line === b.start.line && a.start.character === b.start.character;
    if (!sameStart) return before(a.start, b.start) ? -1 : 1;
    return Number(isInsertion(b)) - Number(isInsertion(a));
  });
}

/** Several imports at one place are one edit, so that their blank lines do not add up. */
export function joinedImports(imports: readonly Edit[], text: string): Edit[] {
  const result: Edit[] = [];
  for (const edit of [...imports].sort((a, b) => (importKey(a) < importKey(b) ? -1 : 1))) {
    const same = result.find((one) => one.start.line === edit.start.line && one.start.character === edit.start.character);
    if (!same) result.push({ ...edit });
    else {
      const kept = same.newText.trimEnd();
      const eol = same.newText.includes('\r\n') ? '\r\n' : '\n';
      same.newText = kept + eol + edit.newText.trim() + same.newText.slice(kept.length);
    }
  }
  // A definition right below wants two blank lines.
  for (const edit of result) {
    if (/(\r?\n){2}$/.test(edit.newText) && /^(def|class|async def|@)/.test(text.split('\n')[edit.start.line] ?? '')) {
      edit.newText += edit.newText.endsWith('\r\n') ? '\r\n' : '\n';
    }
  }
  return result;
}
const importKey = (edit: Edit): string => edit.newText.trim().replace(/^(from|import) /, '');
