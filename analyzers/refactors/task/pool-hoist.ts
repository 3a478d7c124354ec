/**
 * A pool that a loop makes in every trip is made once, around the loop:
 *
 *     for batch in batches:                                  with Pool(4) as pool:
 *         with Pool(4) as pool:                 ->               for batch in batches:
 *             found += pool.map(work, batch)                         found += pool.map(work, batch)
 */
import type { Edit, Expr, FunctionIR, Refusal, Span, Stmt } from '../../types';
import { lineOf, within } from '../../platform/span';
import { ok, type Outcome } from '../../platform/result';
import { eachExpr, nestedBlocks, stmtExprs } from '../../syntax/python-walk';
import type { Context, Match } from '../refactor';
import { type Call } from './calls';
import { TaskModule } from './module';
import { exprsIn, namesOf } from './names';
import { bodyExtent, extent, LineEdit, standsAlone, wholeLines } from './pool-text';
import { comparableNames, isProcesses, poolsNear, poolsOf, type Pool } from './pools';
import { readWorker } from './workers';

export interface PoolMatch extends Match {
  edits: Edit[];
}
type Loop = Stmt & { kind: 'loop' };

/** undefined: no pool here is made again and again. */
export function hoistPool(file: string, hot: Span, cx: Context): Outcome<PoolMatch> | undefined {
  for (const pool of poolsNear(file, hot, cx)) {
    const found = hoistOf(pool, cx) ?? hoistFromFunction(pool, cx);
    if (found) return found;
  }
  // The loop is hot, and the pool is in a function that it calls.
  for (const pool of poolsOf(file, cx)) {
    const found = pool.owner === null ? undefined : hoistFromFunction(pool, cx, hot);
    if (found) return found;
  }
  return undefined;
}

/** The outermost of the loops right around a statement. */
function loopAround(around: readonly Stmt[]): Loop | null {
  let found: Loop | null = null;
  for (const stmt of [...around].reverse()) {
    if (stmt.kind !== 'loop') break;
    found = stmt;
  }
  return found;
}

function hoistOf(pool: Pool, cx: Context): Outcome<PoolMatch> | undefined {
  const loop = loopAround(pool.around);
  if (!loop || pool.owner?.async === true || loop.loop.async) return undefined;
  const no = whyNot(pool, loop, [loop], cx);
  if (no) return { ok: false, refusal: no };
  if (!standsAlone(pool.file, loop, cx)) return undefined;
  const lines = new LineEdit(pool.file, cx);
  lines.move(extent(loop), 1);
  if (!unwrap(pool, lines, cx)) return undefined;
  const written = around(pool, loop, lines, cx);
  if (written === null) return undefined;
  return ok(matchOf(pool, loop, [cx.edit(pool.file, wholeLines(pool.file, loop, cx), written)], cx));
}

/** Takes away the statements that make and end the pool; false where they share lines with others. */
function unwrap(pool: Pool, lines: LineEdit, cx: Context): boolean {
  if (![pool.statement, ...pool.endings].every((stmt) => standsAlone(pool.file, stmt, cx))) return false;
  for (const stmt of pool.endings) lines.drop(extent(stmt));
  if (pool.form === 'assign') {
    lines.drop(extent(pool.statement));
    return pool.endings.length > 0;
  }
  const body = bodyExtent(pool.statement);
  if (!body) return false;
  lines.drop([pool.statement.span.start.line, body[0] - 1]);
  lines.move(body, -1);
  return pool.statement.kind !== 'with' || pool.statement.body.some((stmt) => !pool.endings.includes(stmt));
}

function around(pool: Pool, loop: Loop, lines: LineEdit, cx: Context): string | null {
  const text = lines.text(extent(loop));
  const indent = cx.indentAt(pool.file, loop.span.start.line);
  return text === null ? null : [`${indent}with ${cx.slice(pool.file, pool.made.span)} as ${pool.name}:`, ...text].join('\n');
}

/** `def run(batch): with Pool() as pool: ...`, called in a loop: the function is given the pool. */
function hoistFromFunction(pool: Pool, cx: Context, hot: Span | null = null): Outcome<PoolMatch> | undefined {
  const { owner, file } = pool;
  if (!owner || owner.async || !cx.isMain(file)) return undefined;
  const site = onlyCall(owner, file, cx);
  const loop = site && loopAround(site.around);
  if (!site || !loop || loop.loop.async || (hot && !within(loop.span, hot) && !within(hot, loop.span))) return undefined;
  if (pool.around.length > 0 || owner.params.some((param) => param.kind === 'kwargs' || param.kind === 'args' || param.kind === 'keyword-only'))
    return undefined;
  const no = whyNot(pool, loop, [loop, ...owner.body], cx);
  if (no) return { ok: false, refusal: no };
  if (!standsAlone(file, loop, cx) || bindsElsewhere(pool.name, site.owner, file, cx)) return undefined;
  const params = owner.params.at(-1);
  const [first, last] = extent(owner);
  const text = cx.text(file).split('\n')[first] ?? '';
  const header = /^(\s*def\s+\w+\s*\()([^()]*)(\).*:\s*(?:#.*)?)\r?$/.exec(text);
  if (!header || owner.params.some((param) => param.default !== null)) return undefined;
  const inFunction = new LineEdit(file, cx);
  const at = { line: first, character: (header[1] ?? '').length + (header[2] ?? '').length };
  inFunction.insert(at, params ? `, ${pool.name}` : pool.name);
  if (!unwrap(pool, inFunction, cx)) return undefined;
  const definition = inFunction.text([first, last]);
  const inLoop = new LineEdit(file, cx);
  inLoop.move(extent(loop), 1);
  const { call } = site;
  inLoop.insert({ line: call.span.end.line, character: call.span.end.character - 1 }, call.args.length + call.keywords.length === 0 ? pool.name : call.keywords.length === 0 ? `, ${pool.name}` : `, ${pool.name}=${pool.name}`); // prettier-ignore
  const written = around(pool, loop, inLoop, cx);
  if (written === null || definition === null) return undefined;
  const edits = [cx.edit(file, wholeLines(file, owner, cx), definition.join('\n')), cx.edit(file, wholeLines(file, loop, cx), written)];
  return ok(matchOf(pool, loop, edits, cx));
}

interface Site {
  call: Call;
  around: readonly Stmt[];
  owner: FunctionIR | null;
}

/** The one place that calls a function; null where its name stands anywhere else as well. */
function onlyCall(fn: FunctionIR, file: string, cx: Context): Site | null {
  if ((cx.text(file).match(new RegExp(`(?<!\\w)${fn.name}(?!\\w)`, 'g')) ?? []).length !== 2) return null;
  const module = cx.syntax(file);
  const look = (block: readonly Stmt[], around: readonly Stmt[], owner: FunctionIR | null): Site | null => {
    for (const stmt of block) {
      for (const expr of stmtExprs(stmt).flatMap((top) => [...eachExpr(top)])) {
        if (expr.kind === 'call' && cx.functionOf(expr.callee, file) === fn) return { call: expr, around, owner };
      }
      for (const one of nestedBlocks(stmt)) {
        const found = look(one, [...around, stmt], owner);
        if (found) return found;
      }
    }
    return null;
  };
  return look(module.body, [], null) ?? module.functions.map((one) => look(one.body, [], one)).find((one) => one !== null) ?? null;
}

function bindsElsewhere(name: string, owner: FunctionIR | null, file: string, cx: Context): boolean {
  const { reads, writes } = namesOf({ stmts: owner?.body ?? cx.syntax(file).body });
  return reads.has(name) || writes.has(name) || (owner?.params.some((param) => param.name === name) ?? false);
}

const harmlessSetup =
  /^(os\.(cpu_count|process_cpu_count|sched_getaffinity)|multiprocessing\.(cpu_count|get_context)|builtins\.(len|min|max|int|tuple))$/;

/** `code`: what may give names other values between two trips. */
function whyNot(pool: Pool, loop: Loop, code: readonly Stmt[], cx: Context): Refusal | null {
  const at = pool.made.span;
  if (pool.escapes) {
    return { code: 'pool-handed-on', why: `The pool of ${lineOf(at)} is handed on or used in a way that is not known here, so who else needs it cannot be seen.`, toDo: 'Make it once, before the loop, by hand.', span: at }; // prettier-ignore
  }
  const written = namesOf({ stmts: code }).writes;
  const given = [...pool.made.args, ...pool.made.keywords.map(({ value }) => value)];
  const changing = [...namesOf({ exprs: given }).reads].find((name) => written.has(name) || isParam(pool.owner, name, code));
  const called = given.flatMap((expr) => [...eachExpr(expr)]).find((expr) => expr.kind === 'call' && !harmlessSetup.test(cx.resolve(expr.callee, pool.file, expr.span.start) ?? '')); // prettier-ignore
  if (changing !== undefined || called) {
    const what =
      changing === undefined ? `calls \`${cx.slice(pool.file, (called as Expr).span)}\`` : `needs \`${changing}\`, which the loop sets anew`;
    return { code: 'changing-setup', why: `Making the pool (${lineOf(at)}) ${what} in each trip.`, toDo: 'Give what changes to the tasks as an argument, and make the pool once.', span: at }; // prettier-ignore
  }
  return pool.calls.map((call) => whyNotCall(call, pool, loop, cx)).find((no) => no !== null) ?? null;
}

/** A parameter of the function that is called in the loop may be another one in each call. */
const isParam = (owner: FunctionIR | null, name: string, code: readonly Stmt[]): boolean => code.length > 1 && (owner?.params.some((param) => param.name === name) ?? false); // prettier-ignore

function whyNotCall({ call, work, worker, method }: Pool['calls'][number], pool: Pool, loop: Loop, cx: Context): Refusal | null {
  const known = work !== null && (worker !== null || cx.resolve(work, pool.file, work.span.start) !== null);
  if (!known) {
    return { code: 'unknown-worker', why: `What the workers run (${lineOf(call.span)}) cannot be told from the text, so neither can what they keep from one task to the next.`, toDo: 'Hand them a function of this project by its name.', span: call.span }; // prettier-ignore
  }
  const { shares, functions } = worker ? readWorker(worker, cx) : { shares: [], functions: [] };
  const kept = shares.find(({ code }) => code !== 'worker-effects');
  if (kept) return { ...kept, why: `${kept.why} A worker that lives on would carry that into the next trip.` };
  if (/async$|^submit$/.test(method) && !takesResults(pool)) {
    return { code: 'unawaited-tasks', why: `The end of the pool is all that waits for the tasks of ${lineOf(call.span)}; a pool that lives on would not.`, toDo: 'Ask for each result in the same trip.', span: call.span }; // prettier-ignore
  }
  if (!isProcesses(pool)) return null;
  const module = new TaskModule(pool.file, cx);
  const names = functions.filter(({ file }) => file === pool.file).flatMap((fn) => [...namesOf({ stmts: fn.body }).reads]);
  const written = namesOf({ stmts: [loop] });
  const stale = module.variablesBehind(names).find((name) => module.isChanged(name) || written.writes.has(name) || written.stores.has(name));
  if (stale === undefined) return null;
  return { code: 'stale-workers', why: `\`${worker?.name ?? ''}\` reads \`${stale}\`, which changes while the program runs: workers that are started once would keep the first value.`, toDo: `Give \`${stale}\` to the tasks as an argument.`, span: call.span }; // prettier-ignore
}

const takesResults = (pool: Pool): boolean =>
  [pool.statement, ...pool.block].flatMap((stmt) => [...exprsIn(stmt)]).some((expr) => expr.kind === 'call' && expr.callee.kind === 'attribute' && (expr.callee.attribute === 'result' || expr.callee.attribute === 'get')); // prettier-ignore

function matchOf(pool: Pool, loop: Loop, edits: Edit[], cx: Context): PoolMatch {
  const processes = isProcesses(pool);
  return {
    file: pool.file,
    region: loop.span,
    captures: comparableNames(pool, [loop], cx),
    title: 'Make the pool once, before the loop',
    cost: { kind: 'factor', low: processes ? 1.05 : 1, high: processes ? 40 : 3 },
    assumptions: [],
    guarded: false,
    tolerance: 0,
    requires: [],
    workers: null,
    edits,
  };
}
