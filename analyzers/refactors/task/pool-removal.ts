/** A pool over work that costs less than handing it over goes: the plain loop does the same, in the same order. */
import type { Expr, Refusal, Span, Stmt } from '../../types';
import { lineOf } from '../../platform/span';
import { ok, type Outcome } from '../../platform/result';
import { exprsIn } from './names';
import type { Context } from '../refactor';
import { type Call } from './calls';
import type { PoolMatch } from './pool-hoist';
import { bodyExtent, extent, importDropped, LineEdit, standsAlone, wholeLines } from './pool-text';
import { comparableNames, isExecutor, isProcesses, poolsNear, type Pool, type PoolCall } from './pools';
import { orderedEdits } from './text';
import { readWorker } from './workers';

/** Library functions that do nothing but compute. */
const plain = /^(math\.\w+|operator\.\w+|builtins\.(abs|len|sum|str|int|float|bool|sorted|min|max|ord|chr|hash|pow|round|repr|hex|bin|divmod))$/;

/** undefined: no pool here that could be taken away. */
export function removePool(file: string, hot: Span, cx: Context): Outcome<PoolMatch> | undefined {
  for (const pool of poolsNear(file, hot, cx)) {
    if (pool.calls.length === 0 || pool.owner?.async === true) continue;
    const no = whyNot(pool, cx);
    if (no) return { ok: false, refusal: no };
    const match = matchOf(pool, cx);
    if (match) return ok(match);
  }
  return undefined;
}

function whyNot(pool: Pool, cx: Context): Refusal | null {
  const at = pool.made.span;
  if (pool.escapes) {
    return { code: 'pool-handed-on', why: `The pool of ${lineOf(at)} is handed on or used in a way that is not known here.`, toDo: 'Hand on the results, not the pool.', span: at }; // prettier-ignore
  }
  const setup =
    pool.made.keywords.find(({ name }) => name === 'initializer') ??
    (!isExecutor(pool) && pool.made.args.length > 1 ? { value: pool.made } : undefined);
  if (setup) {
    return { code: 'worker-setup', why: `The workers (${lineOf(at)}) are set up before they begin, which a plain loop would have to do as well.`, toDo: 'Give the tasks what they need as arguments.', span: setup.value.span }; // prettier-ignore
  }
  for (const { call, work, worker } of pool.calls) {
    if (!worker) {
      const path = work === null ? null : cx.resolve(work, pool.file, work.span.start);
      if (path !== null && plain.test(path)) continue;
      return { code: 'unknown-worker', why: `What the workers run (${lineOf(call.span)}) is not known, so neither is what it would do in this process.`, toDo: 'Hand them a function of this project by its name.', span: (work ?? call).span }; // prettier-ignore
    }
    const [shared] = readWorker(worker, cx).shares;
    if (shared) return { ...shared, why: `${shared.why} In a plain loop that would happen in this process.` };
  }
  return null;
}

function matchOf(pool: Pool, cx: Context): PoolMatch | null {
  const { file } = pool;
  const lines = new LineEdit(file, cx);
  const asked = pool.form === 'with' ? [pool.statement] : pool.block.slice(pool.block.indexOf(pool.statement));
  const last = pool.form === 'with' ? pool.statement : pool.endings.at(-1);
  if (!last || ![pool.statement, ...pool.endings].every((stmt) => standsAlone(file, stmt, cx))) return null;
  const region = { span: { start: pool.statement.span.start, end: last.span.end } };
  for (const stmt of pool.endings) lines.drop(extent(stmt));
  if (pool.form === 'with') {
    const body = bodyExtent(pool.statement);
    if (!body || (pool.statement.kind === 'with' && pool.statement.body.every((stmt) => pool.endings.includes(stmt)))) return null;
    lines.drop([pool.statement.span.start.line, body[0] - 1]);
    lines.move(body, -1);
  } else lines.drop(extent(pool.statement));
  for (const call of pool.calls) {
    const written = serial(call, asked, pool, cx);
    if (written === null || written.span.start.line !== written.span.end.line) return null;
    lines.replace(written.span, written.text);
  }
  const text = lines.text(extent(region));
  if (text === null) return null;
  const used = asked.filter((stmt) => stmt.span.end.line <= last.span.end.line);
  const processes = isProcesses(pool);
  return {
    file,
    region: region.span,
    captures: comparableNames(pool, used, cx),
    title: 'Do it in a plain loop, without the pool',
    cost: { kind: 'factor', low: 0.4, high: processes ? 12 : 2 },
    assumptions: [],
    guarded: false,
    tolerance: 0,
    requires: [],
    workers: null,
    edits: orderedEdits([...importDropped(pool, cx), cx.edit(file, wholeLines(file, region, cx), text.join('\n'))]),
  };
}

/** What the call is in a plain loop; null where there is nothing as short. */
function serial({ method, call, work }: PoolCall, code: readonly Stmt[], pool: Pool, cx: Context): { span: Span; text: string } | null {
  const text = (expr: Expr): string => cx.slice(pool.file, expr.span);
  const builtin = (name: string): boolean => cx.resolve({ kind: 'name', name, span: call.span }, pool.file, call.span.start) === `builtins.${name}`;
  const [given, ...items] = call.args;
  if (!given || !work || call.args.some((arg) => arg.kind === 'spread') || call.keywords.some(({ name }) => name === '' || name === 'timeout' || name === 'callback' || name === 'error_callback')) return null; // prettier-ignore
  const callable = given.kind === 'name' || given.kind === 'attribute' ? text(given) : null;
  if (isExecutor(pool) ? method === 'map' : method.startsWith('imap') || method === 'map') {
    if (!builtin('map') || items.length === 0) return null;
    const over = isExecutor(pool) ? items : items.slice(0, 1);
    const mapped = `map(${[given, ...over].map(text).join(', ')})`;
    if (method !== 'map' || isExecutor(pool)) return { span: call.span, text: mapped };
    return builtin('list') ? { span: call.span, text: `list(${mapped})` } : null;
  }
  if (callable === null) return null;
  if (method === 'starmap' && items[0]) return { span: call.span, text: `[${callable}(*${cx.freshName('args', pool.file)}) for ${cx.freshName('args', pool.file)} in ${text(items[0])}]` }; // prettier-ignore
  const applied = argumentsOf(method, call, items, text);
  if (applied === null) return null;
  if (method === 'apply') return { span: call.span, text: `${callable}(${applied})` };
  const taken = code.flatMap((stmt) => [...exprsIn(stmt)]).find((expr): expr is Call => expr.kind === 'call' && expr.callee.kind === 'attribute' && expr.callee.object === call && (expr.callee.attribute === 'result' || expr.callee.attribute === 'get') && expr.args.length === 0 && expr.keywords.length === 0); // prettier-ignore
  return taken ? { span: taken.span, text: `${callable}(${applied})` } : null;
}

/** The arguments of one task: `submit(f, a, b)`, `apply(f, (a, b), {'c': 1})`. */
function argumentsOf(method: string, call: Call, items: readonly Expr[], text: (expr: Expr) => string): string | null {
  if (method === 'submit') return [...items.map(text), ...call.keywords.map(({ name, value }) => `${name}=${text(value)}`)].join(', ');
  const tuple = items[0] ?? call.keywords.find(({ name }) => name === 'args')?.value;
  if (items.length > 1 || call.keywords.some(({ name }) => name !== 'args')) return null;
  if (!tuple) return '';
  return tuple.kind === 'collection' && tuple.type !== 'set' && tuple.items.every((item) => item.kind !== 'spread')
    ? tuple.items.map(text).join(', ')
    : null;
}
