/** The text of a kernel: the piece's own lines, moved to the top level, with what has to be another there replaced. */
import { eachExpr, eachStmt, stmtExprs } from '../syntax/python-walk';
import type { FunctionIR, Position, Span, Stmt } from '../types';
import { power } from './compile-guard';
import type { Kernel } from './compile-kernel';
import type { HeadCheck } from './compile-ranges';
import { callsItself } from './compile-functions';
import type { Context } from './refactor';

interface Replacement {
  span: Span;
  text: string;
}

/** New name of each function of the user's own that is compiled too. */
export type Renamed = ReadonlyMap<FunctionIR, string>;

/** Names of the compiled twins. */
export function nameCallees(kernel: Kernel, cx: Context, file: string): Map<FunctionIR, string> {
  const names = new Map<FunctionIR, string>();
  for (const { function: fn } of kernel.callees)
    if (!names.has(fn)) names.set(fn, cx.freshName(fn.name.startsWith('_') ? `${fn.name}_compiled` : `_${fn.name}`, file));
  return names;
}

/** Definitions of the compiled twins, callees first. A function that calls no other of the user's is compiled as it is. */
export function calleeTexts(kernel: Kernel, names: Renamed, cx: Context, file: string, njit: string): string[] {
  return kernel.callees.map(({ function: fn }) => {
    const name = names.get(fn) ?? fn.name;
    const options = kernel.options.filter((one) => !one.startsWith('error_model') || kernel.callees.length > 0).join(', ');
    const checks = kernel.checks.filter(({ loop }) => [...eachStmt(fn.body)].some((one) => one.kind === 'loop' && one.loop === loop));
    const plain =
      checks.length === 0 && ![...names.keys()].some((other) => callsItself(fn, (callee) => callee.kind === 'name' && callee.name === other.name));
    if (plain) return `${name} = ${njit}(${options})(${fn.name})\n`;
    const params = fn.params.map((param) => param.name).join(', ');
    return `@${njit}(${options})\ndef ${name}(${params}):\n${bodyText(fn.body, checks, names, cx, file)}\n`;
  });
}

/** Can the lines of these statements be moved as they are? */
export function standsAlone(body: readonly Stmt[], cx: Context, file: string): boolean {
  const [first] = body;
  const last = body.at(-1);
  if (!first || !last) return false;
  const column = cx.indentAt(file, first.span.start.line).length;
  if (column !== first.span.start.character || /^[ \t]*$/.exec(cx.indentAt(file, first.span.start.line)) === null) return false;
  // Nothing but a comment may follow on the last line.
  const rest = cx.slice(file, { start: last.span.end, end: { line: last.span.end.line + 1, character: 0 } });
  return /^[ \t]*(#[^\n]*)?\r?\n?$/.test(rest) && body.every((one) => one.span.start.character === column);
}

/** Lines of statements, one level deep, with checks at the heads of loops. */
export function bodyText(body: readonly Stmt[], checks: readonly HeadCheck[], names: Renamed, cx: Context, file: string): string {
  const [first] = body;
  const last = body.at(-1);
  if (!first || !last) return '';
  const unit = cx.indentUnit(file);
  const replacements: Replacement[] = [];
  const byName = new Map([...names].map(([fn, name]) => [fn.name, name]));
  for (const statement of eachStmt(body)) {
    for (const top of stmtExprs(statement)) {
      for (const expr of eachExpr(top)) {
        const renamed = expr.kind === 'call' && expr.callee.kind === 'name' ? byName.get(expr.callee.name) : undefined;
        if (renamed !== undefined && expr.kind === 'call') replacements.push({ span: expr.callee.span, text: renamed });
      }
    }
    if (statement.kind !== 'loop') continue;
    const own = checks.filter(({ loop }) => loop === statement.loop);
    const [inner] = statement.loop.body;
    if (own.length === 0 || !inner) continue;
    const at: Position = inner.span.start;
    const indent = cx.indentAt(file, at.line);
    const test = own.map(({ name, limit }) => `abs(${name}) > ${power(limit)}`).join(' or ');
    replacements.push({ span: { start: at, end: at }, text: `if ${test}:\n${indent}${unit}raise OverflowError\n${indent}` });
  }
  const text = replaced({ start: { line: first.span.start.line, character: 0 }, end: lineEnd(cx, file, last.span.end) }, replacements, cx, file);
  const indent = cx.indentAt(file, first.span.start.line);
  return text
    .split(/\r?\n/)
    .map((line) => (line.trim() === '' ? '' : unit + (line.startsWith(indent) ? line.slice(indent.length) : line.trimStart())))
    .join('\n')
    .trimEnd();
}

const lineEnd = (cx: Context, file: string, at: Position): Position => ({
  line: at.line,
  character: cx.slice(file, { start: { line: at.line, character: 0 }, end: { line: at.line + 1, character: 0 } }).replace(/\r?\n$/, '').length,
});

function replaced(span: Span, replacements: readonly Replacement[], cx: Context, file: string): string {
  const ordered = [...replacements].sort((a, b) => a.span.start.line - b.span.start.line || a.span.start.character - b.span.start.character);
  let text = '';
  let at = span.start;
  for (const { span: one, text: put } of ordered) {
    text += cx.slice(file, { start: at, end: one.start }) + put;
    at = one.end;
  }
  return text + cx.slice(file, { start: at, end: span.end });
}

/** Does each loop that is to be checked have its body on lines of its own? */
export const canCheck = (checks: readonly HeadCheck[]): boolean =>
  checks.every(({ loop }) => (loop.body[0]?.span.start.line ?? 0) > loop.span.start.line);
