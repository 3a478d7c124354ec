/** A pool over work that costs less than handing it over goes: the plain loop does the same, in the same order. */
import type { Expr, Refusal, Span, Stmt } from '../../types';
import { before, lineOf, within } from '../../platform/span';
import { ok, type Outcome } from '../../platform/result';
import { exprsIn, namesOf } from './names';
import type { Context } from '../refactor';
import { type Call } from './calls';
import type { PoolMatch } from './pool-hoist';
import { futuresOf, isDeferred, isReadIn, type Futures } from './pool-futures';
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
  const futures = new Map(pool.calls.map((call) => [call, isDeferred(pool, call) ? futuresOf(pool, call, cx) : null]));
  const ends = [...(pool.form === 'with' ? [pool.statement] : pool.endings), ...[...futures.values()].flatMap((one) => (one ? [one.statement] : []))];
  const last = ends.reduce<Stmt | undefined>((late, stmt) => (late && before(stmt.span.end, late.span.end) ? late : stmt), undefined);
  if (!last || ![pool.statement, ...pool.endings].every((stmt) => standsAlone(file, stmt, cx))) return null;
  const making = [...futures.values()].flatMap((one) => one?.making ?? []);
  const first = making.reduce<Stmt>((early, stmt) => (before(stmt.span.start, early.span.start) ? stmt : early), pool.statement);
  const region = { span: { start: first.span.start, end: last.span.end } };
  for (const stmt of pool.endings) lines.drop(extent(stmt));
  if (pool.form === 'with') {
    const body = bodyExtent(pool.statement);
    const goes = new Set([...pool.endings, ...making]);
    if (!body || (pool.statement.kind === 'with' && last === pool.statement && pool.statement.body.every((stmt) => goes.has(stmt)))) return null;
    lines.drop([pool.statement.span.start.line, body[0] - 1]);
    lines.move(body, -1);
  } else lines.drop(extent(pool.statement));
  for (const call of pool.calls) {
    const later = futures.get(call);
    const done = later ? inOneLoop(later, lines, pool, cx) : replaceCall(call, asked, lines, pool, cx);
    if (!done) return null;
  }
  const text = lines.text(extent(region));
  if (text === null) return null;
  const used = pool.block.filter((stmt) => within(stmt.span, region.span));
  const processes = isProcesses(pool);
  return {
    file,
    region: region.span,
    captures: comparableNames(pool, used, cx).filter((name) => !isPassing(name, futures, pool, cx)),
    title: 'Do it in a plain loop, without the pool',
    cost: { kind: 'factor', low: 0.4, high: processes ? 12 : 2 },
    assumptions: [],
    guarded: false,
    tolerance: 0,
    requires: [],
    workers: null,
    edits: orderedEdits([...importDropped(pool, cx, calledFor(region.span, pool, cx)), cx.edit(file, wholeLines(file, region, cx), text.join('\n'))]),
  };
}

/** `as_completed` and `wait`, where these lines call them. */
const calledFor = (region: Span, { block, file }: Pool, cx: Context): Expr[] =>
  block
    .flatMap((stmt) => [...exprsIn(stmt)])
    .flatMap((expr) => (expr.kind === 'call' && within(expr.span, region) && /^concurrent\.futures\.(as_completed|wait)$/.test(cx.resolve(expr.callee, file, expr.span.start) ?? '') ? [expr.callee] : [])); // prettier-ignore

/** What the call is in a plain loop, put in its place; false where there is nothing as short. */
function replaceCall(call: PoolCall, asked: readonly Stmt[], lines: LineEdit, pool: Pool, cx: Context): boolean {
  const written = serial(call, asked, pool, cx);
  if (written === null || written.span.start.line !== written.span.end.line) return false;
  lines.replace(written.span, written.text);
  return true;
}

/** The loop that takes the results runs over what the tasks were made for, and does each where it asked for its result. */
function inOneLoop({ used, making, items, taking, result, kept, idle }: Futures, lines: LineEdit, pool: Pool, cx: Context): boolean {
  const { file } = pool;
  const text = (part: { span: Span }): string => cx.slice(file, part.span);
  const header = text({ span: items });
  const [given, ...rest] = used.call.args;
  const applied = given && (given.kind === 'name' || given.kind === 'attribute') ? argumentsOf(used.method, used.call, rest, text) : null;
  if (!given || !taking.target || applied === null || [header, applied].some((one) => /[#\n]/.test(one))) return false;
  const gone = [...making, ...idle];
  if (!gone.every((stmt) => standsAlone(file, stmt, cx))) return false;
  for (const stmt of gone) lines.drop(extent(stmt));
  const head = { start: taking.target.span.start, end: taking.space.span.end };
  const places = (kept?.places ?? []).filter((place) => !idle.some((stmt) => within(place.span, stmt.span)));
  const simple =
    kept === null ||
    kept.value.kind === 'name' ||
    kept.value.kind === 'number' ||
    (kept.value.kind === 'collection' && text(kept.value).startsWith('('));
  const value = kept === null ? '' : simple ? text(kept.value) : `(${text(kept.value)})`;
  if (![head, result.span, ...places.map(({ span }) => span)].every(({ start, end }) => start.line === end.line) || value.includes('\n'))
    return false;
  lines.replace(head, header);
  lines.replace(result.span, `${text(given)}(${applied})`);
  for (const { span } of places) lines.replace(span, value);
  return true;
}

/** Bound by a loop that takes results as they come, and read by nobody else: its last value only tells which one came last, which is chance. */
function isPassing(name: string, futures: ReadonlyMap<PoolCall, Futures | null>, { file, owner, calls }: Pool, cx: Context): boolean {
  const body = owner?.body ?? cx.syntax(file).body;
  const unordered = calls.flatMap(({ method, statement }) => (method === 'imap_unordered' ? [statement] : []));
  return [...unordered, ...[...futures.values()].flatMap((one) => one?.statement ?? [])].some((stmt) => {
    return stmt.kind === 'loop' && namesOf({ stmts: [stmt] }).writes.has(name) && !isReadIn(body, name, new Set([stmt]));
  });
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
