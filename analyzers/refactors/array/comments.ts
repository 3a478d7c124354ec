import type { Span } from '../../types';
import type { Context } from '../refactor';

/** A comment of the source: alone on its line, or after code. */
export interface Comment {
  line: number;
  text: string;
  alone: boolean;
}

/** Comments on the lines of a span. A # inside a string of one line is none. */
export function commentsIn(span: Span, file: string, cx: Context): Comment[] {
  const lines = cx.text(file).split(/\r?\n/);
  const found: Comment[] = [];
  for (let line = span.start.line; line <= Math.min(span.end.line, lines.length - 1); line += 1) {
    const text = lines[line] ?? '';
    const code = text.replace(/'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"/g, (string) => '_'.repeat(string.length));
    const at = code.indexOf('#');
    if (at >= 0) found.push({ line, text: text.slice(at).trimEnd(), alone: code.slice(0, at).trim() === '' });
  }
  return found;
}
