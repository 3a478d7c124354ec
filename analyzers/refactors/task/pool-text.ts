/** Edits of code that already works with a pool: whole lines moved left or right, and imports that nobody needs any more. */
import type { Edit, Expr, Position, Span, Stmt } from '../../types';
import type { Context } from '../refactor';
import type { Pool } from './pools';
import { linesInsideStrings } from './text';

export const linesOf = (file: string, cx: Context): string[] =>
  cx
    .text(file)
    .split('\n')
    .map((line) => line.replace(/\r$/, ''));

/** First and last line (0-based) of a statement. */
export function extent({ span }: { span: Span }): [number, number] {
  return [span.start.line, span.end.character === 0 && span.end.line > span.start.line ? span.end.line - 1 : span.end.line];
}

/** The statement alone on its lines? */
export function standsAlone(file: string, statement: { span: Span }, cx: Context): boolean {
  const lines = linesOf(file, cx);
  const [first, last] = extent(statement);
  const before = (lines[first] ?? '').slice(0, statement.span.start.character);
  const after = last === statement.span.end.line ? (lines[last] ?? '').slice(statement.span.end.character) : '';
  return before.trim() === '' && /^\s*(#.*)?$/.test(after);
}

export function wholeLines(file: string, statement: { span: Span }, cx: Context): Span {
  const [first, last] = extent(statement);
  return { start: { line: first, character: 0 }, end: { line: last, character: (linesOf(file, cx)[last] ?? '').length } };
}

/** Lines of a `with` statement's body; null where it stands on the header's line. */
export function bodyExtent(statement: Stmt): [number, number] | null {
  if (statement.kind !== 'with') return null;
  const [first] = statement.body;
  const last = statement.body.at(-1);
  const header = statement.items[0]?.context.span.end.line ?? statement.span.start.line;
  if (!first || !last || first.span.start.line <= header) return null;
  return [header + 1, extent(last)[1]];
}

/** What changes within some lines, and by how much each line moves: 1 right, -1 left. Lines inside strings stay as they are. */
export class LineEdit {
  readonly #file: string;
  readonly #cx: Context;
  readonly #fixed: ReadonlySet<number>;
  readonly #edits: { start: Position; end: Position; text: string }[] = [];
  readonly #dropped = new Set<number>();
  readonly #moves = new Map<number, number>();

  constructor(file: string, cx: Context) {
    this.#file = file;
    this.#cx = cx;
    this.#fixed = linesInsideStrings(cx.text(file));
  }

  replace(span: Span, text: string): void {
    this.#edits.push({ start: span.start, end: span.end, text });
  }
  insert(at: Position, text: string): void {
    this.#edits.push({ start: at, end: at, text });
  }
  drop([first, last]: [number, number]): void {
    for (let line = first; line <= last; line += 1) this.#dropped.add(line);
  }
  move([first, last]: [number, number], by: 1 | -1): void {
    for (let line = first; line <= last; line += 1) this.#moves.set(line, (this.#moves.get(line) ?? 0) + by);
  }

  /** The lines as they become; null where a line cannot move left. */
  text([first, last]: [number, number]): string[] | null {
    const lines = linesOf(this.#file, this.#cx);
    const unit = this.#cx.indentUnit(this.#file);
    const result: string[] = [];
    for (let line = first; line <= last; line += 1) {
      if (this.#dropped.has(line)) continue;
      let text = this.#edited(line, lines[line] ?? '');
      const by = this.#fixed.has(line) || text.trim() === '' ? 0 : (this.#moves.get(line) ?? 0);
      if (by > 0) text = unit.repeat(by) + text;
      else if (by < 0) {
        if (!text.startsWith(unit.repeat(-by))) return null;
        text = text.slice(unit.length * -by);
      }
      result.push(...text.split('\n'));
    }
    return result;
  }

  #edited(line: number, text: string): string {
    const here = this.#edits.filter(({ start }) => start.line === line).sort((a, b) => b.start.character - a.start.character);
    let result = text;
    for (const { start, end, text: written } of here) {
      const to = end.line === line ? end.character : result.length;
      result = result.slice(0, start.character) + written + result.slice(to);
    }
    return result;
  }
}

/** Takes the name of a callee, and those of `others` that go as well, out of the import that brought them, where nothing else in the file uses them. */
export function importDropped(pool: Pick<Pool, 'file' | 'made'>, cx: Context, others: readonly Expr[] = []): Edit[] {
  const text = cx.text(pool.file);
  const gone = [pool.made.callee, ...others].flatMap((expr) => rootOf(expr) ?? []);
  const unused = new Set(gone.filter((root) => (text.match(new RegExp(`(?<![\\w.])${root}(?!\\w)`, 'g')) ?? []).length === gone.filter((one) => one === root).length + 1)); // prettier-ignore
  const imports = cx.module(pool.file).statements.filter(({ kind }) => kind === 'import');
  const goes = imports.filter(({ names }) => names.every((name) => unused.has(name)));
  const parts = imports.filter((one) => !goes.includes(one) && one.names.some((name) => unused.has(name)));
  return [
    ...wholeImports(goes, pool.file, cx),
    ...parts.flatMap((one) => withoutNames(one.span, one.names.filter((name) => unused.has(name)), pool.file, cx)), // prettier-ignore
  ];
}

function wholeImports(statements: readonly { span: Span }[], file: string, cx: Context): Edit[] {
  const lines = linesOf(file, cx);
  const gone = new Set(statements.flatMap((statement) => linesFrom(extent(statement))));
  const blank = (line: number): boolean => line < lines.length && (lines[line] ?? '').trim() === '';
  return statements.map((statement) => {
    const [first, last] = extent(statement);
    let above = first - 1;
    while (gone.has(above)) above -= 1;
    let end = last + 1;
    // A blank line that would be left between two others, or at the top, goes too.
    while (blank(end) && (above < 0 || blank(above))) end += 1;
    return cx.edit(file, { start: { line: first, character: 0 }, end: { line: end, character: 0 } }, '');
  });
}

const linesFrom = ([first, last]: readonly [number, number]): number[] => Array.from({ length: last - first + 1 }, (_, at) => first + at);

function withoutNames(span: Span, names: readonly string[], file: string, cx: Context): Edit[] {
  const written = cx.slice(file, span);
  const without = names.reduce(
    (text, name) => text.replace(new RegExp(`(,\\s*${name}\\b(?!\\s+as))|(\\b${name}\\b(?!\\s+as)\\s*,\\s*)`), ''),
    written,
  );
  return without === written ? [] : [cx.edit(file, span, without)];
}

export function rootOf(expr: Expr): string | null {
  return expr.kind === 'name' ? expr.name : expr.kind === 'attribute' ? rootOf(expr.object) : null;
}
