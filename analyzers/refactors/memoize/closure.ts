import type { Edit, Expr, FunctionFacts, FunctionIR, Span } from '../../types';
import { boundNames, eachExpr, eachStmt, stmtExprs } from '../../syntax/python-walk';
import { callsIn } from './recursion-paths';
import { boundOf } from './sites';
import type { Context } from '../refactor';

type Call = Expr & { kind: 'call' };
const isPlainName = (expr: Expr, name: string | undefined): boolean => expr.kind === 'name' && expr.name === name;

/** Parameters that every call of itself hands on as they are, and those that move. */
export interface Recursion {
  fn: FunctionIR;
  calls: readonly Call[];
  fixed: ReadonlySet<string>;
  moving: readonly string[];
}

/** Null where it hands on nothing as it is, or where that is not plain to see. */
export function recursionOf(fn: FunctionIR, cx: Context): Recursion | null {
  const bound = boundOf(fn);
  const params = fn.params.slice(bound);
  const namesakes = cx.files.flatMap((file) => cx.syntax(file).functions).filter((other) => other.method && other.name === fn.name);
  if (fn.decorators.length > 0 || params.some(({ kind }) => kind !== 'plain') || (fn.method && namesakes.length > 1)) return null;
  const calls = callsIn(fn.body).filter(({ callee }) => {
    const named = cx.functionOf(callee, fn.file);
    return named?.qualname === fn.qualname && named.file === fn.file;
  });
  const ownObject = (call: Call): boolean => bound === 0 || (call.callee.kind === 'attribute' && isPlainName(call.callee.object, fn.params[0]?.name));
  const whole = calls.every((call) => ownObject(call) && call.keywords.length === 0 && call.args.length === params.length && call.args.every(({ kind }) => kind !== 'spread')); // prettier-ignore
  if (calls.length === 0 || !whole || hasHiddenParts(fn)) return null;
  const written = new Set([...eachStmt(fn.body)].flatMap((stmt) => (stmt.kind === 'assign' ? stmt.targets.flatMap(boundNames) : stmt.kind === 'augment' ? boundNames(stmt.target) : stmt.kind === 'loop' && stmt.loop.target ? boundNames(stmt.loop.target) : stmt.kind === 'with' ? stmt.items.flatMap(({ target }) => (target ? boundNames(target) : [])) : []))); // prettier-ignore
  const fixed = params.filter(({ name }, index) => !written.has(name) && calls.every(({ args }) => args[index] !== undefined && isPlainName(args[index], name))); // prettier-ignore
  const moving = params.filter((param) => !fixed.includes(param));
  if (fixed.length === 0 || moving.length === 0) return null;
  return { fn, calls, fixed: new Set(fixed.map(({ name }) => name)), moving: moving.map(({ name }) => name) };
}

/** Parts of a body that cannot be moved into another function as they are. */
function hasHiddenParts({ body }: FunctionIR): boolean {
  return [...eachStmt(body)].some((stmt) => {
    if (stmt.kind === 'opaque' || stmt.kind === 'scope') return true;
    const exprs = stmtExprs(stmt).flatMap((top) => [...eachExpr(top)]);
    return exprs.some((expr) => expr.kind === 'opaque' || expr.kind === 'named' || ((expr.kind === 'string' || expr.kind === 'format') && expr.span.start.line !== expr.span.end.line)); // prettier-ignore
  });
}

/** The same facts, with what a call hands on as it is taken for something that a cache never sees. */
export const movingFacts = (facts: FunctionFacts, { fixed }: Recursion): FunctionFacts => ({
  ...facts,
  values: { ...facts.values, ...Object.fromEntries([...fixed].map((name) => [name, { type: 'str' }])) },
});

/**
 * The body becomes a function within that has a cache and takes what moves alone; what stays is read from around it.
 * Null where the text does not allow it: a body in the line of its `def`, parentheses around an argument.
 */
export function closureEdits({ fn, calls, fixed, moving }: Recursion, decorator: string, cx: Context): Edit[] | null {
  const { file, body } = fn;
  const [docs, ...others] = body;
  const documented = docs?.kind === 'expression' && docs.value.kind === 'string' && others.length > 0;
  const first = documented ? others[0] : docs;
  const last = body[body.length - 1];
  if (!first || !last || first.span.start.line === fn.span.start.line) return null;
  const edits: Edit[] = [];
  const name = cx.freshName('solve', file);
  const lines = cx.text(file).split('\n');
  const indent = cx.indentAt(file, first.span.start.line);
  const from = firstLine(first.span, (documented ? docs.span.end.line : headEnd(fn)) + 1, lines, indent);
  const to = last.span.end.character === 0 ? last.span.end.line - 1 : last.span.end.line;
  const unit = cx.indentUnit(file);
  for (let line = from; line <= to; line += 1) {
    const at = { line, character: 0 };
    const head = line === from ? `${indent}${decorator}\n${indent}def ${name}(${moving.join(', ')}):\n` : '';
    if ((lines[line] ?? '').trim() !== '') edits.push(cx.insert(file, at, `${head}${unit}`));
  }
  const end = { line: to, character: (lines[to] ?? '').replace(/\r$/, '').length };
  edits.push(cx.insert(file, end, `\n\n${indent}return ${name}(${moving.join(', ')})`));
  const positions = fn.params.slice(boundOf(fn)).flatMap((param, index) => (fixed.has(param.name) ? [index] : []));
  for (const call of calls) {
    const gone = withoutArguments(call, positions, file, cx);
    if (gone === null) return null;
    edits.push(cx.edit(file, call.callee.span, name), ...gone);
  }
  return edits;
}

/** Comments right above the first statement move with it. */
function firstLine({ start }: Span, earliest: number, lines: readonly string[], indent: string): number {
  let line = start.line;
  while (line > earliest && (lines[line - 1] ?? '').startsWith(`${indent}#`)) line -= 1;
  return line;
}

const headEnd = ({ params, span }: FunctionIR): number => Math.max(span.start.line, ...params.map((param) => param.default?.span.end.line ?? 0));

function withoutArguments({ args }: Call, positions: readonly number[], file: string, cx: Context): Edit[] | null {
  const apart = args.slice(1).map(({ span }, index) => cx.slice(file, { start: args[index]?.span.end ?? span.start, end: span.start }));
  if (!apart.every((text) => /^\s*,\s*$/.test(text))) return null;
  const lastKept = args.findLastIndex((_, index) => !positions.includes(index));
  return positions.flatMap((index) => {
    const arg = args[index];
    if (arg === undefined) return [];
    const next = args[index + 1];
    const previous = args[index - 1];
    if (index < lastKept && next) return [cx.edit(file, { start: arg.span.start, end: next.span.start }, '')];
    return previous ? [cx.edit(file, { start: previous.span.end, end: arg.span.end }, '')] : [];
  });
}
