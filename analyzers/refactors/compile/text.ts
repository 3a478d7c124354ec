/** The text of a kernel: the piece's own lines, moved to the top level, with what has to be another there replaced. */
import { eachExpr, eachStmt, stmtExprs } from '../../syntax/python-walk';
import { within } from '../../platform/span';
import type { Expr, FunctionIR, Position, Span, Stmt } from '../../types';
import { typeArguments } from './arrays';
import type { Functions } from './functions';
import { power } from './guard';
import type { Kernel } from './kernel';
import { INFINITE, isAdded, isCharacter, isField } from './lowering';
import { SHARED } from './random';
import type { HeadCheck } from './range-question';
import type { Context } from '../refactor';

interface Replacement {
  span: Span;
  text: string;
}

/** New name of each function of the user's own that is compiled too. */
export type Renamed = ReadonlyMap<FunctionIR, string>;
export interface Wording {
  cx: Context;
  functions: Functions;
  names: Renamed;
  /** How NumPy is written in the file of the kernel. */
  np: string;
  /** Statements that change an array in place by another one. */
  updates: ReadonlySet<Stmt>;
  /** What the function is called that computes scalar products. */
  dot: string;
}

/** `njit(cache=True)`, bare where there are no options. */
export const decorator = (njit: string, options: readonly string[]): string => (options.length === 0 ? njit : `${njit}(${options.join(', ')})`);

/** Why a result is not taken where it is the int that it was started with. */
export const STARTED = '# Else nothing may have replaced the int that it started as.';

/** Names of the compiled twins. */
export function nameCallees(kernel: Kernel, cx: Context, file: string): Map<FunctionIR, string> {
  const names = new Map<FunctionIR, string>();
  for (const { function: fn } of kernel.callees)
    if (!names.has(fn)) names.set(fn, cx.freshName(fn.name.startsWith('_') ? `${fn.name}_compiled` : `_${fn.name}`, file));
  return names;
}

/** Definitions of the compiled twins, callees first. A function that calls no other of the user's is compiled as it is. */
export function calleeTexts(kernel: Kernel, wording: Wording, njit: string, file: string, at: Position): string[] {
  return kernel.callees.map(({ function: fn }) => {
    const name = wording.names.get(fn) ?? fn.name;
    const checks = kernel.checks.filter(({ loop }) => [...eachStmt(fn.body)].some((one) => one.kind === 'loop' && one.loop === loop));
    const isThere = fn.file !== file || fn.span.end.line < at.line;
    if (isThere && checks.length === 0 && isAsItIs(fn, wording))
      return `${name} = ${decorator(njit, kernel.options)}(${wording.functions.written.get(fn) ?? fn.name})\n`;
    return `@${decorator(njit, kernel.options)}\ndef ${name}(${paramNames(fn.params, fn.body).join(', ')}):\n${bodyText(fn.body, checks, wording, fn.file)}\n`;
  });
}

/** Does nothing in a function have to be written in another way? */
export const isAsItIs = (fn: FunctionIR, wording: Wording): boolean =>
  fn.topLevel && replacementsIn(fn.body, wording, fn.file, new Map()).length === 0;

/** Parameters of a kernel as its text names them: a field without its object. */
export function paramNames(params: readonly { name: string }[], body: readonly Stmt[]): string[] {
  const fields = fieldNames(body, params);
  return params.map(({ name }) => fields.get(name) ?? name);
}

/** What each field is called in a kernel. */
export function fieldNames(body: readonly Stmt[], params: readonly { name: string }[] = []): Map<string, string> {
  const all = new Set(params.map(({ name }) => name));
  for (const statement of eachStmt(body))
    for (const top of stmtExprs(statement)) for (const expr of eachExpr(top)) if (expr.kind === 'name') all.add(expr.name);
  const found = new Map<string, string>();
  for (const name of all) {
    if (!isField(name)) continue;
    const [object = '', field = ''] = name.split('.');
    const taken = (one: string): boolean => all.has(one) || [...found.values()].includes(one);
    found.set(name, [field, `${object}_${field}`, `${object}_${field}_`].find((one) => !taken(one)) ?? `_${object}_${field}`);
  }
  return found;
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
export function bodyText(
  body: readonly Stmt[],
  checks: readonly HeadCheck[],
  wording: Wording,
  file: string,
  fields: ReadonlyMap<string, string> = fieldNames(body),
): string {
  const { cx } = wording;
  const [first] = body;
  const last = body.at(-1);
  if (!first || !last) return '';
  const unit = cx.indentUnit(file);
  const replacements = replacementsIn(body, wording, file, fields);
  for (const statement of eachStmt(body)) {
    if (statement.kind !== 'loop') continue;
    const own = checks.filter(({ loop }) => loop === statement.loop);
    const [inner] = statement.loop.body;
    if (own.length === 0 || !inner) continue;
    const at: Position = inner.span.start;
    const indent = cx.indentAt(file, at.line);
    const test = own.map(({ name, limit }) => `abs(${fields.get(name) ?? name}) > ${power(limit)}`).join(' or ');
    replacements.unshift({ span: { start: at, end: at }, text: `if ${test}:\n${indent}${unit}raise OverflowError\n${indent}` });
  }
  const text = replaced({ start: { line: first.span.start.line, character: 0 }, end: lineEnd(cx, file, last.span.end) }, replacements, cx, file);
  const indent = cx.indentAt(file, first.span.start.line);
  return text
    .split(/\r?\n/)
    .map((line) => (line.trim() === '' ? '' : unit + (line.startsWith(indent) ? line.slice(indent.length) : line.trimStart())))
    .join('\n')
    .trimEnd();
}

/** What has to be written in another way in a kernel. */
function replacementsIn(body: readonly Stmt[], wording: Wording, file: string, fields: ReadonlyMap<string, string>): Replacement[] {
  const found: Replacement[] = [];
  for (const statement of eachStmt(body)) {
    const all = stmtExprs(statement).flatMap((top) => [...eachExpr(top)]);
    // The key of a dict stays a text.
    const keys = new Set(all.flatMap((expr) => (expr.kind === 'subscript' && expr.index.kind === 'string' ? [expr.index] : [])));
    const inner = all.flatMap((expr) => (expr.kind === 'string' && keys.has(expr) ? [] : replacementsOf(expr, wording, file, fields)));
    found.push(...inner, ...(statement.kind === 'augment' && wording.updates.has(statement) ? updateText(statement, inner, wording, file) : []));
  }
  return found;
}

/** `a[1:] += b` as `a[1:] = a[1:] + (b)`, `a += b` as `a[:] = a + (b)`. */
function updateText({ target, op, value }: Stmt & { kind: 'augment' }, inner: readonly Replacement[], { cx }: Wording, file: string): Replacement[] {
  const text = replaced(target.span, inner.filter(({ span }) => within(span, target.span)), cx, file); // prettier-ignore
  const plain = /^(name|subscript|call|attribute)$/.test(value.kind);
  const between = { start: target.span.end, end: value.span.start };
  // An open parenthesis around the value, or the line's end in one.
  const rest = cx.slice(file, between).replace(/^\s*\S+?=\s*/, '');
  const closed = rest.includes('(');
  const put = `${target.kind === 'name' ? '[:]' : ''} = ${text} ${op} ${rest}${plain || closed ? '' : '('}`;
  return [{ span: between, text: put }, ...(plain || closed ? [] : [{ span: { start: value.span.end, end: value.span.end }, text: ')' }])];
}

function replacementsOf(expr: Expr, { functions, names, np, cx, dot }: Wording, file: string, fields: ReadonlyMap<string, string>): Replacement[] {
  const { span } = expr;
  switch (expr.kind) {
    case 'name':
      if (expr.name === SHARED) return [{ span, text: `${fields.get(expr.name) ?? 'generator'}.random` }];
      return isField(expr.name) && !isAdded(expr) ? [{ span, text: fields.get(expr.name) ?? expr.name }] : [];
    case 'number':
      return expr.text === INFINITE ? [{ span, text: `${np}.inf` }] : [];
    case 'string':
      return isCharacter(expr.text) ? [{ span, text: String(expr.text.codePointAt(1)) }] : [];
    case 'binary': {
      if (expr.op !== '@') return [];
      const between = { start: expr.left.span.end, end: expr.right.span.start };
      return [
        { span: { start: span.start, end: span.start }, text: `${dot}(` },
        { span: between, text: cx.slice(file, between).replace(/\s*@/, ',') },
        { span: { start: span.end, end: span.end }, text: ')' },
      ];
    }
    case 'call': {
      const [first] = expr.args;
      if (first && cx.resolve(expr.callee, file, span.start) === 'builtins.ord')
        return [
          { span: { start: span.start, end: first.span.start }, text: '' },
          { span: { start: first.span.end, end: span.end }, text: '' },
        ];
      if (cx.resolve(expr.callee, file, span.start) === 'numpy.dot') return [{ span: expr.callee.span, text: dot }];
      const types = typeArguments(expr, (part) => cx.resolve(part, file, part.span.start)).map((one) => ({
        span: one.span,
        text: `${np}.${one.type}`,
      }));
      if (types.length > 0) return types;
      const fn = functions.own(expr.callee, file);
      const renamed = fn && names.get(fn);
      if (!renamed) return [];
      const added = expr.args.filter(isAdded).map((arg) => (arg.kind === 'name' ? (fields.get(arg.name) ?? arg.name) : ''));
      const more = expr.args.length > added.length ? ', ' : '';
      return [{ span: expr.callee.span, text: renamed }, ...(first && isAdded(first) ? [{ span: first.span, text: added.join(', ') + more }] : [])];
    }
    default:
      return [];
  }
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
