import type { Edit, Expr, FunctionFacts, FunctionIR, Stmt } from '../../types';
import { lineOf } from '../../platform/span';
import { ok, refuse, type Outcome } from '../../platform/result';
import { childExprs, eachStmt, stmtExprs } from '../../syntax/python-walk';
import { mergeInsertions, type EditMatch } from '../algorithm/edit';
import { moreThreads } from '../async/executor';
import { Independence } from '../async/independence';
import { isBlocking, type Call } from '../async/known-calls';
import { calledBy, callsIn, reachedIn } from '../async/reach';
import { taskStarts } from '../async/tasks';
import { defineRefactor, type Context } from '../refactor';
import { releasesLock } from '../task/native';

export const refactor = defineRefactor<EditMatch>({
  id: 'async-unblock',
  family: 'async',
  title: 'Give way while a call blocks',

  matchFunction(facts, verdict, cx): Outcome<EditMatch> | undefined {
    if (!facts.function.async || (verdict.bottleneck !== 'event-loop' && verdict.bottleneck !== 'io-wait')) return undefined;
    return unblock(facts, cx);
  },

  rewrite: (match) => match.edits,
});

/** A call that stops the event loop, and whether it is a part of a larger expression. */
interface Blocked {
  call: Call;
  path: string | null;
  /** It computes in native code, which other threads need not wait for. */
  native: boolean;
  within: boolean;
}

function unblock({ function: fn, file }: FunctionFacts, cx: Context): Outcome<EditMatch> | undefined {
  const [major, minor] = cx.interpreter.version;
  const found = blockedIn(fn, cx);
  if ('code' in found) return { ok: false, refusal: found };
  const blocked = found.calls;
  const [first] = blocked;
  // asyncio.to_thread came with Python 3.9.
  if (!first || (major === 3 && minor < 9 && !blocked.every(({ path }) => path === 'time.sleep'))) return undefined;
  const starts = taskStarts(cx).filter(({ tasks }) => tasks.some(({ runs }) => runs.includes(fn)));
  if (starts.length === 0) return undefined;
  const byCompletion = starts.find((start) => start.byCompletion);
  if (byCompletion) return refuse('completion-order', `The tasks are taken in the order in which they are done (${lineOf(byCompletion.statement)}), which would be another.`, 'Gather them, if the order of the results is not to depend on their times.', byCompletion.statement); // prettier-ignore
  const judge = new Independence(cx, true);
  for (const { file: home, tasks } of starts) {
    for (const { call } of tasks) {
      const no = judge.whyNot(call, home);
      if (no) return { ok: false, refusal: no };
    }
  }
  const pauses = blocked.every(({ path }) => path === 'time.sleep');
  const computes = blocked.every(({ native }) => native);
  const widened = pauses || computes ? [] : moreThreads(starts, cx);
  const asyncio = cx.importName(file, 'asyncio');
  const edits: Edit[] = blocked.map(({ call, path, within }) => {
    const text = waitText(call, path, file, asyncio.written, cx);
    return cx.edit(file, call.span, within ? `(${text})` : text);
  });
  return ok({
    file,
    region: starts[0]?.statement ?? fn.span,
    captures: [],
    regions: starts.map((start) => ({ file: start.file, span: start.statement, captures: start.names })),
    title: pauses
      ? 'Let the others run during a pause'
      : computes
        ? 'Let the others run while native code computes'
        : 'Let the others run while a call blocks',
    cost: { kind: 'factor', low: computes ? 0.9 : 1.2, high: computes ? Math.max(1.1, cx.machine.cores) : 20 },
    assumptions: [`No other task counts on this one not giving way while it ${computes ? 'computes' : 'waits'}.`, ...judge.assumptions],
    guarded: false,
    tolerance: 0,
    requires: [],
    workers: null,
    edits: mergeInsertions([...(asyncio.edit ? [asyncio.edit] : []), ...edits, ...widened]),
  });
}

function waitText(call: Call, path: string | null, file: string, asyncio: string, cx: Context): string {
  const args = cx.slice(file, { start: call.callee.span.end, end: call.span.end }).trim().slice(1, -1);
  if (path === 'time.sleep') return `await ${asyncio}.sleep(${args})`;
  return `await ${asyncio}.to_thread(${cx.slice(file, call.callee.span)}${args.trim() === '' ? '' : `, ${args}`})`;
}

/** The blocking calls of a coroutine; a refusal where one stands where nothing can be awaited. */
function blockedIn(fn: FunctionIR, cx: Context): { calls: Blocked[] } | NonNullable<ReturnType<Independence['whyNot']>> {
  const calls: Blocked[] = [];
  const stuck: Expr[] = [];
  const look = (expr: Expr, parent: Expr | null, lazy: boolean): void => {
    if (expr.kind === 'call') {
      const path = cx.resolve(expr.callee, fn.file, expr.span.start);
      const waits = path === 'asyncio.to_thread' || parent?.kind === 'await';
      const blocking = isBlocking(path) || blocks(expr, fn.file, cx);
      const native = !blocking && !waits && isOwnSync(expr, fn.file, cx) && releasesLock(expr, fn.file, cx);
      if (!waits && (blocking || native)) {
        if (lazy) stuck.push(expr);
        const argument = parent?.kind === 'call' && (parent.args.includes(expr) || parent.keywords.some(({ value }) => value === expr));
        calls.push({ call: expr, path, native, within: parent !== null && !argument && parent.kind !== 'collection' });
        return;
      }
    }
    const inside = lazy || expr.kind === 'lambda' || (expr.kind === 'loop' && expr.loop.sink?.type === 'generator');
    for (const child of childExprs(expr)) look(child, expr, inside);
  };
  for (const stmt of eachStmt(fn.body)) for (const top of exprsOf(stmt)) look(top, null, false);
  const [first] = stuck;
  if (first) {
    const { span } = first;
    return { code: 'lazy-call', why: `The blocking call in ${lineOf(span)} stands in a generator or a lambda, where nothing can be awaited.`, toDo: 'Write it as a loop.', span }; // prettier-ignore
  }
  return { calls };
}

/** What is handed out by a `with` belongs to the thread that entered it. */
const exprsOf = (stmt: Stmt): Expr[] => (stmt.kind === 'with' ? [] : stmtExprs(stmt));

/** A hash of a few bytes is not worth a thread: only what the program itself made a function of, or a whole key derivation. */
function isOwnSync(call: Call, file: string, cx: Context): boolean {
  const own = cx.functionOf(call.callee, file);
  return own ? !own.async : /^hashlib\.(pbkdf2_hmac|scrypt)$|compress$/.test(cx.resolve(call.callee, file, call.span.start) ?? '');
}

/** A function of the program's own that comes to a blocking call, without being a coroutine. */
function blocks(call: Call, file: string, cx: Context): boolean {
  const called = calledBy(call, file, cx);
  if (called.length === 0 || called.some((fn) => fn.async)) return false;
  const reached = called.flatMap((fn) => [fn, ...reachedIn(fn.body, fn.file, cx)]);
  return reached.some((fn) => callsIn(fn.body).some((inner) => isBlocking(cx.resolve(inner.callee, fn.file, inner.span.start))));
}
