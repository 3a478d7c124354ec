/**
 * A loop that asks again and again whether a result is there, and sleeps in between, waits too long each time:
 *
 *     while not all(future.done() for future in futures):         wait(futures)
 *         time.sleep(0.5)                                  ->
 */
import type { Edit, Expr, LoopFacts, Stmt } from '../../types';
import { lineOf } from '../../platform/span';
import { ok, refuse, type Outcome } from '../../platform/result';
import { dottedName } from '../../syntax/python-loops';
import { eachExpr, eachStmt, spaceExprs } from '../../syntax/python-walk';
import { codeOf, homeOf, valuesGiven, type Code } from '../algorithm/code';
import type { Context } from '../refactor';
import { type Call } from './calls';
import { exprsIn, namesOf } from './names';
import type { PoolMatch } from './pool-hoist';
import { standsAlone } from './pool-text';
import { joinedImports, orderedEdits } from './text';

/** What is asked, of one thing or of each thing of a list. */
interface Poll {
  /** `future`, `futures` */
  name: string;
  many: boolean;
  method: 'done' | 'ready' | 'is_alive' | 'poll';
}
const polls = /^(done|ready|is_alive|poll)$/;

/** undefined: the loop asks nobody, or does not sleep. */
export function waitInstead(facts: LoopFacts, cx: Context): Outcome<PoolMatch> | undefined {
  const { ir, file, owner } = facts;
  const code = codeOf(facts, cx);
  if (!code || ir.space.kind !== 'while' || ir.space.after === true || ir.otherwise.length > 0 || ir.async || owner?.async === true) return undefined;
  const sleep = ir.body.find((stmt) => isSleep(stmt, file, cx));
  if (!sleep) return undefined;
  const poll = pollOf(ir.space.test) ?? pollInside(ir.space.test, ir.body);
  if (!poll) return undefined;
  const known = isWaitable(poll, facts, code, cx);
  if (!known) {
    return refuse('unknown-results', `What \`${poll.name}\` holds (${lineOf(ir.span)}) is not known, so neither is how it is waited for.`, 'Wait with the method of its own: `wait()`, `join()` or `result()`.', ir.span); // prettier-ignore
  }
  const empty = ir.body.length === 1 && pollOf(ir.space.test) !== null;
  if (!empty && (poll.method === 'is_alive' || poll.method === 'poll')) return undefined;
  if (!empty && !standsAlone(file, sleep, cx)) return undefined;
  const place = { span: empty ? ir.span : sleep.span };
  const changed = [...exprsIn({ kind: 'loop', loop: ir, span: ir.span })].find((expr) => expr.kind === 'call' && /^(print|time|monotonic|perf_counter)$/.test((dottedName(expr.callee) ?? '').split('.').pop() ?? '')); // prettier-ignore
  if (changed) {
    return refuse('reports-between', `The loop also says how far it is, or looks at the clock (${lineOf(changed.span)}): how often it does so would change.`, 'Report where a result arrives, with as_completed or imap_unordered.', changed.span); // prettier-ignore
  }
  const imports: Edit[] = [];
  const written = waitText(poll, empty, sleep, file, cx, imports);
  if (written === null || !standsAlone(file, place, cx)) return undefined;
  const names = [...facts.liveOut, ...facts.accumulators.map(({ name }) => name)];
  return ok({
    file,
    region: facts.statement,
    captures: [...new Set(names)].filter((name) => !name.includes('.') && name !== poll.name && !facts.privates.includes(name)),
    title: 'Wait for the results in place of asking for them',
    cost: { kind: 'factor', low: 1, high: 3 },
    assumptions: empty ? [] : ['Results that are there at the same time may be taken in several rounds now.'],
    guarded: empty,
    tolerance: 0,
    requires: [],
    workers: null,
    edits: orderedEdits([...joinedImports(imports, cx.text(file)), cx.edit(file, place.span, written)]),
  });
}

function isSleep(stmt: Stmt, file: string, cx: Context): stmt is Stmt & { kind: 'expression'; value: Call } {
  return stmt.kind === 'expression' && stmt.value.kind === 'call' && cx.resolve(stmt.value.callee, file, stmt.span.start) === 'time.sleep';
}

/** `future.done()`, `process.poll() is None`: what is asked of which name. */
function asked(expr: Expr): { name: string; method: Poll['method']; negated: boolean } | null {
  if (expr.kind === 'unary' && expr.op === 'not') {
    const inner = asked(expr.operand);
    return inner && { ...inner, negated: !inner.negated };
  }
  if (expr.kind === 'compare') {
    const [none, another] = expr.rest;
    const inner = none?.op === 'is' && !another && none.right.kind === 'constant' && none.right.value === 'None' ? asked(expr.first) : null;
    return inner?.method === 'poll' ? { ...inner, negated: true } : null;
  }
  if (expr.kind !== 'call' || expr.args.length + expr.keywords.length > 0 || expr.callee.kind !== 'attribute') return null;
  const { attribute, object } = expr.callee;
  const name = dottedName(object);
  return name !== null && polls.test(attribute) ? { name, method: attribute as Poll['method'], negated: false } : null;
}

/** The whole test asks whether something is still going on. */
function pollOf(test: Expr): Poll | null {
  const one = asked(test);
  if (one) return one.negated === (one.method !== 'is_alive') ? { name: one.name, method: one.method, many: false } : null;
  const negated = test.kind === 'unary' && test.op === 'not';
  const call = negated ? test.operand : test;
  const [over] = call.kind === 'call' ? call.args : [];
  const kind = call.kind === 'call' && call.callee.kind === 'name' && /^(all|any)$/.test(call.callee.name) ? call.callee.name : null;
  if (kind === null || over?.kind !== 'loop' || (kind === 'all') !== negated) return null;
  const { target, space, body } = over.loop;
  const [emit, more] = body;
  const list = space.kind === 'sequence' ? dottedName(space.value) : null;
  const each = emit?.kind === 'emit' && !more ? asked(emit.value) : null;
  if (!each || list === null || target?.kind !== 'name' || each.name !== target.name) return null;
  // `not all(done)` and `any(not done)` are the same question; of a thread it is `any(alive)`.
  const going = (kind === 'any') === (each.method === 'is_alive' ? !each.negated : each.negated);
  return going ? { name: list, method: each.method, many: true } : null;
}

/** `while pending:`, with the asking in the loop. */
function pollInside(test: Expr, body: readonly Stmt[]): Poll | null {
  if (test.kind !== 'name') return null;
  const loops = [...eachStmt(body)].flatMap((stmt) => [
    ...(stmt.kind === 'loop' ? [stmt.loop] : []),
    ...[...exprsIn(stmt)].flatMap((expr) => (expr.kind === 'loop' ? [expr.loop] : [])),
  ]);
  for (const { space, target, body: inner } of loops) {
    if (
      target?.kind !== 'name' ||
      !spaceExprs(space).some((expr) => [...eachExpr(expr)].some((part) => part.kind === 'name' && part.name === test.name))
    )
      continue;
    const calls = inner.flatMap((stmt) => [...exprsIn(stmt)]).flatMap((expr) => asked(expr) ?? []);
    const each = calls.find(({ name }) => name === target.name);
    if (each) return { name: test.name, method: each.method, many: true };
  }
  return null;
}

const types: Record<Poll['method'], RegExp> = {
  done: /(^|\.)Future$/,
  ready: /(^|\.)(ApplyResult|AsyncResult|MapResult)$/,
  is_alive: /(^|\.)(Thread|\w*Process)$/,
  poll: /(^|\.)Popen$/,
};
const makers: Record<Poll['method'], RegExp> = {
  done: /\.submit$/,
  ready: /\.(apply_async|map_async|starmap_async)$/,
  is_alive: /(^|\.)(Thread|Process)$/,
  poll: /(^|\.)Popen$/,
};

/** Seen in the name, or plain to see where it is made. */
function isWaitable({ name, many, method }: Poll, { values }: LoopFacts, code: Code, cx: Context): boolean {
  const value = values[name];
  const seen = many ? (value?.elements ?? []) : value ? [value.type] : [];
  if (seen.length > 0) return seen.every((type) => types[method].test(type)) && (!many || value?.type === 'list');
  const home = homeOf(name, code, cx);
  const given = home ? valuesGiven(name, home) : [];
  const makes = (expr: Expr | null): boolean => {
    if (expr?.kind === 'loop')
      return many && expr.loop.sink?.type === 'list' && expr.loop.body.every((stmt) => stmt.kind === 'emit' && makes(stmt.value));
    return expr?.kind === 'call' && makers[method].test(dottedName(expr.callee) ?? '');
  };
  return given.length > 0 && given.every((expr) => makes(expr) && (expr?.kind === 'loop') === many);
}

function waitText({ name, many, method }: Poll, empty: boolean, sleep: Stmt, file: string, cx: Context, imports: Edit[]): string | null {
  if (method === 'done') {
    const wait = cx.importName(file, 'concurrent.futures', { name: 'wait' });
    if (wait.edit) imports.push(wait.edit);
    if (empty) return `${wait.written}(${many ? name : `[${name}]`})`;
    const first = cx.importName(file, 'concurrent.futures', { name: 'FIRST_COMPLETED' });
    if (first.edit) imports.push(first.edit);
    return `${wait.written}(${name}, return_when=${first.written})`;
  }
  const ending = method === 'is_alive' ? 'join' : 'wait';
  if (!empty) {
    const [time] = sleep.kind === 'expression' && sleep.value.kind === 'call' ? sleep.value.args : [];
    if (!time || namesOf({ exprs: [time] }).reads.has(name)) return null;
    const indent = cx.indentAt(file, sleep.span.start.line);
    return `if ${name}:\n${indent}${cx.indentUnit(file)}${name}[0].${ending}(${cx.slice(file, time.span)})`;
  }
  if (!many) return `${name}.${ending}()`;
  const each = cx.freshName(method === 'is_alive' ? 'worker' : 'result', file);
  return `for ${each} in ${name}:\n${cx.indentAt(file, sleep.span.start.line)}${each}.${ending}()`;
}
