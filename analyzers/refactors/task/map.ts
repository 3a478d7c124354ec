/**
 * The lowering "task function plus map": a loop becomes a pool's `map` over what the loop runs over, and what is left of its body, which goes on in order.
 *
 *     for x in xs:                         with ProcessPoolExecutor() as pool:
 *         y = slow(x)               ->         for x, y in zip(xs, pool.map(slow, xs, chunksize=chunksize)):
 *         total += y                               total += y
 *
 * The parent adds, appends and prints in the same order as before, so nothing is reassociated.
 */
import { basename } from 'node:path';
import type { CostModel, Edit, LoopFacts, Position, Refusal, Span, Stmt } from '../../types';
import { lineOf, sameSpan } from '../../platform/span';
import { ok, refuse, type Outcome } from '../../platform/result';
import { eachStmt } from '../../syntax/python-walk';
import type { Context, Match } from '../refactor';
import { type Worker } from './calls';
import type { TaskMap } from './task';
import { fieldsApart } from './fields';
import { whyChangesCopy } from './copies';
import { areThere, columnsOf, headerOf, type Column } from './columns';
import { TaskFunction } from './function';
import { TaskModule } from './module';
import { baseName, exprsIn, namesOf } from './names';
import { progressOf } from './progress';
import { leftByOuter, linesAround, outermostLoop } from './nest';
import { loopText, statementText, type Body } from './print';
import { errorOrder, withAwaited } from './order';
import { splitLoop, type TaskSplit } from './split';
import { joinedImports, orderedEdits } from './text';

export interface TaskMatch extends Match {
  edits: Edit[];
}
export interface PoolStyle {
  executor: 'ProcessPoolExecutor' | 'ThreadPoolExecutor';
  /** What is written as `max_workers`; null: the executor's own default. */
  workers: number | 'cores' | null;
  /** Items that go to a worker at once: an expression over the number of items, or null for one by one. */
  chunksize: ((length: string, os: string) => string) | null;
  title: string;
  cost: CostModel;
  /** Beside those that the split itself had to make. */
  assumptions: string[];
}

/**
 * `pieces`: several items go to a worker at once; 'if-exact': only where an error of one item would not be noticed to take others along. undefined: nothing
 * here is worth a worker.
 */
export function planTaskMap(asked: LoopFacts, cx: Context, worker: Worker, pieces: boolean | 'if-exact'): Outcome<TaskMap> | undefined {
  const progress = progressOf(asked, cx);
  const facts = progress?.facts ?? asked;
  const found = splitLoop(facts, cx, worker);
  if (found === undefined) return undefined;
  const { file, ir } = facts;
  if (ir.async || facts.owner?.async === true || facts.flow.some((flow) => flow.kind === 'await')) {
    return refuse('async-code', 'The loop is in asynchronous code; waiting for a pool would stop every other task.', 'Use asyncio.gather, or run the loop in a thread with asyncio.to_thread.', ir.span); // prettier-ignore
  }
  const module = new TaskModule(file, cx);
  const body = facts.owner?.body ?? module.module.body;
  const around = facts.depth > 0 ? outermostLoop(facts, body) : null;
  if (around === undefined) {
    return refuse('inner-loop', 'The loop runs inside another one that hands over in between, so that a pool would be started again in every trip of that.', 'Let the outer loop hand out the work.', ir.span); // prettier-ignore
  }
  const calling = worker === 'process' ? callingLoop(facts, cx) : null;
  if (calling) {
    const where = `${lineOf(calling.span)}${calling.file === file ? '' : ` of ${basename(calling.file)}`}`;
    return refuse('called-in-loop', `The loop in ${where} calls this function again and again, and each call would start a pool.`, 'Let the outer loop hand out the work, or make one pool there.', ir.span); // prettier-ignore
  }
  if (module.usesPool(facts)) {
    return refuse('already-parallel', 'The code around the loop already works with a pool of workers.', 'Give that pool larger pieces of work instead of a second pool.', ir.span); // prettier-ignore
  }
  if (!found.ok) return found;
  const fields = found.value.exit ? null : fieldsApart(facts, found.value, cx);
  // Processes are sent the whole object; threads look at those fields alone that the loop leaves.
  const collected = fields !== null && worker === 'process';
  const inPieces = pieces !== false && (pieces === true || errorOrder(facts, found.value, body, true).assumption === null);
  const { awaited, assumption } = errorOrder(facts, found.value, body, inPieces || collected);
  const split = ok(awaited ? withAwaited(found.value, awaited, module.fresh('future', 'pending', 'promise')) : found.value);
  if (assumption !== null) split.value.assumptions.push(assumption);
  if (fields) split.value.assumptions.push(`What the task reads of its object is no part of ${fields.changed.map((one) => `\`self.${one}\``).join(', ')}, which the loop changes.`); // prettier-ignore
  const filtered = ir.form !== 'for' && split.value.hoists.some((hoist) => hoist.tests.length > 0);
  const filter = filtered ? (split.value.hoists[0]?.tests ?? []).map((one) => cx.slice(file, one.test.span)).join(' and ') : null;
  const once =
    progress === null && !(inPieces && !catches(split.value)) && filter === null && !isNeeded({ facts, split: split.value }, facts.indices);
  const columns = module.inLambda(facts) ? undefined : columnsOf(facts, cx, module, { filter, once });
  if (!columns) return undefined;
  if (split.value.exit && !areThere(facts, cx, module)) {
    return refuse('endless-items', 'The loop may end before its last item, and its items may be made without end.', 'Let the loop run over a range or a list.', split.value.exit); // prettier-ignore
  }
  const { trips } = facts;
  if (trips !== null && trips < 2) {
    return refuse('too-few-trips', `The loop has ${trips} trip${trips === 1 ? '' : 's'}: there is nothing to share out.`, 'Look for the work inside the trip.', ir.span); // prettier-ignore
  }
  if (worker === 'process' && facts.owner === null && (!cx.isMain(file) || module.isInDefinition(facts))) {
    return refuse('import-time', 'The loop runs while its module is imported, and every worker process imports the module again.', 'Move the loop into a function and call that from the script.', ir.span); // prettier-ignore
  }
  const writer = new TaskFunction({ facts, cx, split: split.value, columns, module, worker, filtered, around });
  const handoff = writer.build();
  if ('code' in handoff) return { ok: false, refusal: handoff };
  const free = writer.freeNames();
  const changed = changedByRest({ facts, split: split.value, free, handoff }, fields ? 'self' : null);
  if (changed) return { ok: false, refusal: changed };
  const copy = worker === 'process' ? whyChangesCopy(facts, split.value) : null;
  if (copy) return { ok: false, refusal: copy };
  if (collected && catches(split.value)) return undefined;
  return ok({
    facts,
    cx,
    worker,
    split: split.value,
    columns,
    handoff,
    module,
    filtered,
    free,
    pieces: inPieces,
    collected,
    around,
    headerEnd: asked.ir.space.span.end,
    progress: progress?.around ?? null,
  });
}

/** Starting a pool costs some hundredths of a second: a call that takes this long can bear it. */
const longCall = 0.1;
const fewCalls = 4;

/** The loop that calls the loop's own function so often, for so short a time, that a pool in it would never pay. */
function callingLoop({ owner, hotspot, evidence }: LoopFacts, cx: Context): { file: string; span: Span } | null {
  if (!owner || (evidence && hotspot.seconds / Math.max(1, evidence.entries) >= longCall)) return null;
  for (const { file, ir, trips } of cx.loops ?? []) {
    const count = trips ?? evidence?.entries ?? null;
    if (count === null || count <= fewCalls || hotspot.seconds / count >= longCall) continue;
    const calls = ir.body.flatMap((stmt) => [...exprsIn(stmt)]).some((expr) => expr.kind === 'call' && cx.functionOf(expr.callee, file) === owner);
    if (calls) return { file, span: ir.span };
  }
  return null;
}

/** What the rest of the loop changes, a task must not read: it would see it as it was before the loop. */
function changedByRest({ facts, split, free, handoff }: Pick<TaskMap, 'facts' | 'split' | 'free' | 'handoff'>, apart: string | null): Refusal | null {
  const name = [...split.restWrites].find((one) => one !== apart && !facts.indices.includes(one) && (free.has(one) || handoff.shared.includes(one)));
  if (name === undefined) return null;
  const carried = facts.carried.find((one) => one.name === name);
  return {
    code: 'carried-dependence',
    why: carried?.why ?? `The loop changes \`${name}\`, and the next trips read it.`,
    toDo: `Compute what does not need \`${name}\` in a function of its own first; the pool can then do that part.`,
    span: carried?.span ?? facts.ir.span,
  };
}

/** undefined: the loop is written in a way that this lowering does not rewrite. */
export function writeTaskMap(map: TaskMap, style: PoolStyle): Outcome<TaskMatch> | undefined {
  const { facts, cx, handoff, columns, module, split } = map;
  const { file } = facts;
  const statement = lineSpan(cx, file, facts.statement);
  const whole = map.around ? lineSpan(cx, file, map.around.span) : statement;
  if (!statement || !whole) return undefined;
  const head = cx.slice(file, { start: facts.statement.start, end: facts.ir.span.start });
  if (facts.ir.form !== 'for' && /^(if|elif|for|while|with|async|match|try)\b/.test(head)) {
    return refuse('inside-header', 'The comprehension stands in the header of another statement.', 'Give its result a name on a line of its own first.', facts.ir.span); // prettier-ignore
  }
  const imports: Edit[] = [];
  const imported = (path: string, name?: string): string => {
    const { written, edit } = cx.importName(file, path, name === undefined ? {} : { name });
    if (edit) imports.push(edit);
    return written;
  };
  const executor = imported('concurrent.futures', style.executor);
  const callable = handoff.usesPartial ? `${imported('functools', 'partial')}(${handoff.callable})` : handoff.callable;
  const before = [...columns.prelude];
  let chunk = '';
  if (style.chunksize !== null && !catches(split)) {
    const name = module.fresh('chunksize');
    before.push(`${name} = ${style.chunksize(columns.length, imported('os'))}`);
    chunk = `, chunksize=${name}`;
  }
  const pool = module.fresh('pool');
  const options = [
    ...(style.workers === null ? [] : [`max_workers=${style.workers === 'cores' ? `${imported('os')}.cpu_count()` : style.workers}`]),
    ...(handoff.initializer === null
      ? []
      : [`initializer=${handoff.initializer}`, `initargs=(${handoff.shared.join(', ')}${handoff.shared.length === 1 ? ',' : ''})`]),
  ];
  const futures = catches(split) ? module.fresh('futures') : null;
  const call = `${pool}.map(${[callable, ...handoff.sent.map((column) => column.iterable)].join(', ')}${chunk})`;
  // Workers are sent the object while the loop runs, which must not change it meanwhile.
  const results = futures ?? call;
  const shown = map.progress === null ? results : map.progress(results, columns.length);
  const mapped = map.collected ? `list(${shown})` : shown;
  const guarded = map.worker === 'process' && module.startsOnImport(facts);
  const unit = cx.indentUnit(file);
  const indent = cx.indentAt(file, statement.start.line);
  const deeper = guarded && facts.owner === null ? unit : '';
  const outer = deeper + cx.indentAt(file, whole.start.line);
  const body: Body = {
    map,
    mapped,
    header: headerOf(columns, (column) => isNeeded(map, column.names), resultNames(split, module), mapped),
    indent,
    inner: deeper + indent + unit + (futures === null ? '' : unit),
  };
  const inside = facts.ir.form === 'for' ? loopText(body, statement) : statementText(body, statement);
  if (!inside) return undefined;
  const nearby = map.worker === 'thread' && facts.owner !== null;
  const locals = nearby ? handoff.functions.flatMap((lines) => ['', ...lines, '']) : [];
  const within = deeper + indent + unit;
  const done = futures === null ? inside : untilLeft(futures, inside);
  const setup = [...locals, ...before].map((line) => (line === '' ? '' : (map.around ? within : outer) + line));
  const opened = `${outer}with ${executor}(${options.join(', ')}) as ${pool}:`;
  const lines = map.around ? nested([...setup, ...done]) : [...setup, opened, ...done];
  const region = cx.edit(file, whole, lines.join('\n'));
  const functions = nearby ? [] : handoff.functions;
  const lifted = handoff.lifts.map((lift) => cx.edit(file, lift.removal, ''));
  const written = functions.length === 0 ? [] : [module.functionsEdit(functions, whole, guarded)];
  return ok({
    file,
    region: map.around?.span ?? facts.statement,
    captures: [...new Set([...capturesOf(facts), ...(map.around ? leftByOuter(map.around, facts, cx) : [])])],
    title: style.title,
    cost: style.cost,
    assumptions: [...split.assumptions, ...style.assumptions],
    guarded: split.assumptions.length + style.assumptions.length === 0,
    tolerance: 0,
    requires: [],
    workers: style.workers === 'cores' ? null : style.workers,
    edits: orderedEdits([
      ...joinedImports(imports, cx.text(file)),
      ...written,
      ...lifted,
      ...(guarded ? module.guardEdits(whole, written[0]) : []),
      region,
    ]),
  });

  /** A pool does all that it was given before it ends: whoever leaves early takes back what was not begun. */
  function untilLeft(futures: string, loop: readonly string[]): string[] {
    const future = split.hoists.find((hoist) => hoist.awaited)?.name ?? 'future';
    return [
      `${within}${futures} = [${submitted(pool, callable, handoff.sent)}]`,
      `${within}try:`,
      ...loop,
      `${within}finally:`,
      `${within}${unit}for ${future} in ${futures}:`,
      `${within}${unit}${unit}${future}.cancel()`,
    ];
  }

  function nested(inner: readonly string[]): string[] {
    if (!map.around || !statement) return [];
    const from = cx.indentAt(file, map.around.span.start.line);
    const [above, below] = linesAround(map.around.span, statement, file, cx, module.fixed, from, outer + unit);
    return [opened, ...above, ...inner, ...below];
  }
}

/** `pool.submit(f, x) for x in xs` */
function submitted(pool: string, callable: string, sent: readonly Column[]): string {
  const names = sent.map((column, index) => (column.names.length === 1 && !column.target.includes(',') ? column.target : `item${index || ''}`));
  const iterables = sent.map((column) => column.iterable).join(', ');
  return `${pool}.submit(${[callable, ...names].join(', ')}) for ${names.join(', ')} in ${sent.length === 1 ? iterables : `zip(${iterables})`}`;
}

/** What the loop's header binds: of a task that is done for its errors alone, nothing that anybody reads. */
function resultNames(split: TaskSplit, module: TaskModule): string[] {
  const names = [...split.outputs, ...split.hoists.map((hoist) => hoist.name)];
  return names.length > 0 ? names : [module.fresh('_')];
}

/** Errors are caught item by item, which a map cannot do: every item gets a future of its own. */
export const catches = (split: TaskSplit): boolean => split.hoists.some((hoist) => hoist.awaited);

function isNeeded({ split, facts }: Pick<TaskMap, 'split' | 'facts'>, names: readonly string[]): boolean {
  return names.some((name) => split.restReads.has(name) || facts.liveOut.includes(name));
}

/** The whole lines of a statement; null where it shares one with another statement. */
function lineSpan(cx: Context, file: string, span: Span): Span | null {
  const lines = cx.text(file).split('\n');
  const end: Position = { line: span.end.line, character: (lines[span.end.line] ?? '').replace(/\r$/, '').length };
  const before = cx.slice(file, { start: { line: span.start.line, character: 0 }, end: span.start });
  const after = cx.slice(file, { start: span.end, end });
  return before.trim() === '' && /^\s*(#.*)?$/.test(after) ? { start: { line: span.start.line, character: 0 }, end } : null;
}

/** Names whose values are compared when the statement ends. */
function capturesOf(facts: LoopFacts): string[] {
  const code: readonly Stmt[] = facts.owner?.body ?? [];
  const holder = [...eachStmt(code)].find((stmt) => sameSpan(stmt.span, facts.statement));
  const written = facts.ir.form === 'for' || !holder ? [] : [...namesOf({ stmts: [holder] }).writes];
  const stored = facts.stores.map((store) => baseName(store.target) ?? store.name);
  const names = [...facts.liveOut, ...facts.accumulators.map((one) => one.name), ...stored, ...written];
  // `self.total` is no name that could be looked up when the statement ends.
  return [...new Set(names)].filter((name) => name !== 'self' && !name.includes('.') && !facts.privates.includes(name));
}
