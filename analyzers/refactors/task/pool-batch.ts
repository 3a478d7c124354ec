/**
 * A pool that is given one task and asked for its result before the next one starts works with one worker at a time:
 *
 *     for x in xs:                                        for x, result in zip(xs, pool.map(work, xs)):
 *         print(x, pool.apply(work, (x,)))        ->          print(x, result)
 */
import type { Edit, Expr, LoopFacts, Refusal, Stmt } from '../../types';
import { lineOf, within } from '../../platform/span';
import { ok, type Outcome } from '../../platform/result';
import { eachExpr, stmtExprs } from '../../syntax/python-walk';
import type { Context } from '../refactor';
import { type Call } from './calls';
import { columnsOf, headerOf, type Column, type Columns } from './columns';
import { TaskModule } from './module';
import { exprsIn, namesOf } from './names';
import type { PoolMatch } from './pool-hoist';
import { extent, LineEdit, standsAlone, wholeLines } from './pool-text';
import { isExecutor, poolsOf, type Pool, type PoolCall } from './pools';
import { joinedImports, orderedEdits } from './text';
import { readWorker } from './workers';

/** A task and where its result is taken. */
interface Taken {
  pool: Pool;
  used: PoolCall;
  /** `pool.apply(f, (x,))`, `future.result()` */
  result: Expr;
  /** `future = pool.submit(f, x)`, where the result is asked for in another statement. */
  handing: Stmt | null;
  given: Expr[];
}

/** undefined: the loop gives no pool one task at a time. */
export function batchTasks(facts: LoopFacts, cx: Context): Outcome<PoolMatch> | undefined {
  const taken = takenIn(facts, cx);
  if (!taken) return undefined;
  const no = whyNot(taken, facts, cx);
  if (no) return { ok: false, refusal: no };
  return matchOf(taken, facts, cx);
}

function takenIn({ ir, file }: LoopFacts, cx: Context): Taken | undefined {
  if (ir.async || (ir.form !== 'for' && ir.form !== 'list-comprehension')) return undefined;
  for (const pool of poolsOf(file, cx)) {
    if (within(pool.statement.span, ir.span)) continue;
    const inside = pool.calls.filter(({ call }) => within(call.span, ir.span));
    const [used, another] = inside;
    if (!used || another) continue;
    const given = argumentsOf(used);
    const found = given === null ? null : resultOf(used.call, used.method, ir.body);
    if (given !== null && found) return { pool, used, given, ...found };
  }
  return undefined;
}

/** The arguments of one task: `submit(f, a, b)`, `apply(f, (a, b))`; null where they cannot be told apart. */
function argumentsOf({ method, call }: PoolCall): Expr[] | null {
  const items = call.args.slice(1);
  if (call.args.some((arg) => arg.kind === 'spread')) return null;
  if (method === 'submit') return call.keywords.length === 0 ? items : null;
  if (method !== 'apply' && method !== 'apply_async') return null;
  const tuple = items[0] ?? call.keywords.find(({ name }) => name === 'args')?.value;
  if (items.length > 1 || call.keywords.some(({ name }) => name !== 'args') || tuple?.kind !== 'collection') return null;
  return tuple.type === 'set' || tuple.items.some((item) => item.kind === 'spread') ? null : tuple.items;
}

function resultOf(call: Call, method: string, body: readonly Stmt[]): { result: Expr; handing: Stmt | null } | null {
  if (method === 'apply') return { result: call, handing: null };
  const exprs = body.flatMap((stmt) => [...exprsIn(stmt)]);
  const asks = (expr: Expr, of: (object: Expr) => boolean): boolean =>
    expr.kind === 'call' && expr.args.length === 0 && expr.keywords.length === 0 && expr.callee.kind === 'attribute' && /^(get|result)$/.test(expr.callee.attribute) && of(expr.callee.object); // prettier-ignore
  const chained = exprs.find((expr) => asks(expr, (object) => object === call));
  if (chained) return { result: chained, handing: null };
  const handing = body.find((stmt) => stmt.kind === 'assign' && stmt.value === call);
  const target = handing?.kind === 'assign' && handing.targets.length === 1 ? handing.targets[0] : undefined;
  if (!handing || target?.kind !== 'name') return null;
  const named = exprs.filter((expr) => expr.kind === 'name' && expr.name === target.name);
  const result = exprs.find((expr) => asks(expr, (object) => object.kind === 'name' && object.name === target.name));
  // The target itself is no expression of the statement.
  return result && named.filter((expr) => !within(expr.span, target.span)).length === 1 ? { result, handing } : null;
}

function whyNot({ pool, used, given, result }: Taken, facts: LoopFacts, cx: Context): Refusal | null {
  const { worker, call } = used;
  if (!worker) {
    return { code: 'unknown-worker', why: `What the pool runs (${lineOf(call.span)}) is no function of this project, so whether two of them may run at once is not known.`, toDo: 'Hand it a function of this project by its name.', span: call.span }; // prettier-ignore
  }
  const [shared] = readWorker(worker, cx).shares;
  if (shared) return { ...shared, why: `${shared.why} Several of them at once would get into each other's way.` };
  const names = new Set([...namesOf({ exprs: given }).reads].filter((name) => !facts.indices.includes(name)));
  const changed = [...names].find((name) => facts.writes.includes(name) || facts.stores.some((store) => store.name === name));
  const place = facts.ir.body.find((stmt) => within(result.span, stmt.span));
  const before = facts.ir.body.slice(0, place ? facts.ir.body.indexOf(place) : 0);
  if (changed !== undefined) {
    return { code: 'carried-dependence', why: `The task needs \`${changed}\` (${lineOf(call.span)}), which the loop changes from trip to trip.`, toDo: 'Tasks that need the result of the one before have to wait for it.', span: call.span }; // prettier-ignore
  }
  const conditional = !place || place.kind === 'if' || place.kind === 'loop' || place.kind === 'try' || place.kind === 'with' || before.some((stmt) => stmt.kind === 'if'); // prettier-ignore
  const exit = facts.flow.find(({ kind }) => kind !== 'try');
  if ((facts.ir.form === 'for' && conditional) || (place?.kind === 'if' && facts.ir.form !== 'for') || exit || pool.escapes) {
    return { code: 'not-every-item', why: `Not every trip comes to the task (${lineOf(call.span)}) for sure, so it would also be done for items that never needed it.`, toDo: 'Choose the items first, and map the pool over those.', span: exit?.span ?? call.span }; // prettier-ignore
  }
  return null;
}

function matchOf(taken: Taken, facts: LoopFacts, cx: Context): Outcome<PoolMatch> | undefined {
  const { pool, used, given, result, handing } = taken;
  const { file, ir } = facts;
  const module = new TaskModule(file, cx);
  const place = ir.body.find((stmt) => within(result.span, stmt.span));
  const rest = ir.body.filter((stmt) => stmt !== handing);
  const restReads = new Set(rest.flatMap((stmt) => stmtReads(stmt, [used.call, result])));
  const alone = ![...restReads].some((name) => facts.indices.includes(name)) && !facts.indices.some((name) => facts.liveOut.includes(name));
  const columns = columnsOf(facts, cx, module, { filter: null, once: alone });
  if (!columns || !ir.target || !place || columns.prelude.length > 0) return undefined;
  const imports: Edit[] = [];
  const mapped = mappedText(taken, columns, imports, cx);
  if (mapped === null || given.length === 0) return undefined;
  const match = (edit: Edit): Outcome<PoolMatch> =>
    ok({
      file,
      region: facts.statement,
      captures: capturesOf(facts, handing),
      title: 'Give the pool all tasks at once',
      cost: { kind: 'factor', low: 0.9, high: Math.max(1.5, cx.machine.effectiveCores * 1.5) },
      assumptions: ['No task fails: those of later items would have run by then.'],
      guarded: false,
      tolerance: 0,
      requires: [],
      workers: null,
      edits: orderedEdits([...joinedImports(imports, cx.text(file)), edit]),
    });
  if (ir.form !== 'for') {
    const [emit] = ir.body;
    if (emit?.kind !== 'emit' || emit.value !== result) return undefined;
    return match(cx.edit(file, ir.span, isExecutor(pool) ? `list(${mapped})` : mapped));
  }
  const statement = { span: ir.span };
  if (!standsAlone(file, statement, cx) || ir.body[0]?.span.start.line === ir.span.start.line) return undefined;
  const indent = cx.indentAt(file, ir.span.start.line);
  const whole = wholeLines(file, statement, cx);
  const [only, another] = rest;
  const list = only && !another ? appendedTo(only, result) : null;
  if (list !== null && alone && ir.otherwise.length === 0) return match(cx.edit(file, whole, `${indent}${list}.extend(${mapped})`));
  const lines = new LineEdit(file, cx);
  const target = place.kind === 'assign' && place.value === result && place.targets.length === 1 ? place.targets[0] : undefined;
  const bound = target?.kind === 'name' && rest.length > 1 && !facts.accumulators.some(({ name }) => name === target.name) && !before(rest, place).some((stmt) => reads(stmt, target.name)); // prettier-ignore
  const name = bound ? target.name : module.fresh('result', 'value', 'answer');
  if (bound) lines.drop(extent(place));
  else lines.replace(result.span, name);
  if (handing) lines.drop(extent(handing));
  if (![handing, bound ? place : null].every((stmt) => stmt === null || standsAlone(file, stmt, cx))) return undefined;
  const header = headerOf(columns, (column) => column.names.some((one) => restReads.has(one) || facts.liveOut.includes(one)), [name], mapped);
  lines.replace({ start: ir.target.span.start, end: ir.space.span.end }, header);
  const text = lines.text(extent(statement));
  return text === null ? undefined : match(cx.edit(file, whole, text.join('\n')));
}

const before = (stmts: readonly Stmt[], place: Stmt): readonly Stmt[] => stmts.slice(0, stmts.indexOf(place));
const reads = (stmt: Stmt, name: string): boolean => namesOf({ stmts: [stmt] }).reads.has(name);

/** Names that a statement reads outside of the task and its result. */
function stmtReads(stmt: Stmt, except: readonly Expr[]): string[] {
  return [...namesOf({ stmts: [stmt] }, new Set(except)).reads];
}

/** `results.append(<the result>)` and nothing else: the name of the list. */
function appendedTo(stmt: Stmt, result: Expr): string | null {
  if (stmt.kind !== 'expression' || stmt.value.kind !== 'call' || stmt.value.callee.kind !== 'attribute') return null;
  const { callee, args } = stmt.value;
  return callee.attribute === 'append' && args.length === 1 && args[0] === result && callee.object.kind === 'name' ? callee.object.name : null;
}

/** `pool.map(partial(work, 3), xs)`; null where an argument is neither the loop's own nor the same in each trip. */
function mappedText({ pool, used, given }: Taken, columns: Columns, imports: Edit[], cx: Context): string | null {
  const text = (expr: Expr): string => cx.slice(pool.file, expr.span);
  const sent: Column[] = [];
  const leading: string[] = [];
  const named: string[] = [];
  const { worker, work } = used;
  if (!worker || !work || used.call.args[0] !== work) return null;
  const params = worker.params.filter((param) => param.kind === 'plain').slice(worker.method ? 1 : 0);
  const own = new Set(columns.columns.flatMap(({ names }) => names));
  for (const [index, arg] of given.entries()) {
    const column = arg.kind === 'name' ? columns.columns.find((one) => one.names.length === 1 && one.target === arg.name) : undefined;
    if (column && !sent.includes(column)) {
      if (named.length > 0) return null;
      sent.push(column);
    } else if ([...eachExpr(arg)].some((expr) => expr.kind === 'call' || expr.kind === 'loop' || (expr.kind === 'name' && own.has(expr.name))))
      return null;
    else if (sent.length === 0) leading.push(text(arg));
    else {
      const param = params[index];
      if (!param) return null;
      named.push(`${param.name}=${text(arg)}`);
    }
  }
  if (sent.length === 0) return null;
  let callable = text(work);
  if (leading.length + named.length > 0) {
    const partial = cx.importName(pool.file, 'functools', { name: 'partial' });
    if (partial.edit) imports.push(partial.edit);
    callable = `${partial.written}(${[callable, ...leading, ...named].join(', ')})`;
  }
  const iterables = sent.map(({ iterable }) => iterable).join(', ');
  if (isExecutor(pool)) return `${pool.name}.map(${callable}, ${iterables})`;
  return sent.length === 1 ? `${pool.name}.map(${callable}, ${iterables})` : `${pool.name}.starmap(${callable}, zip(${iterables}))`;
}

function capturesOf(facts: LoopFacts, handing: Stmt | null): string[] {
  const gone = handing ? namesOf({ stmts: [handing] }).writes : new Set<string>();
  const names = [...facts.liveOut, ...facts.accumulators.map(({ name }) => name), ...facts.stores.map(({ name }) => name)];
  const assigned = facts.ir.form === 'for' ? [] : assignedAround(facts);
  return [...new Set([...names, ...assigned])].filter((name) => !gone.has(name) && !name.includes('.') && name !== 'self');
}

function assignedAround({ owner, statement }: LoopFacts): string[] {
  const stmts = (owner?.body ?? []).filter((stmt) => within(statement, stmt.span) && stmtExprs(stmt).length > 0);
  return stmts.flatMap((stmt) => (stmt.kind === 'assign' ? [...namesOf({ stmts: [stmt] }).writes] : []));
}
