import type { Edit, Expr, FunctionIR, LoopIR, Span, Stmt } from '../types';
import { ok, refuse, type Outcome } from '../platform/result';
import { boundNames, eachExpr, eachStmt, nestedBlocks, stmtExprs } from '../syntax/python-walk';
import type { EditMatch } from './algorithm-edit';
import { Independence, isOwn, type Call } from './async-independence';
import type { Context } from './refactor';
import { leaves } from './task-flow';
import { alwaysEvaluated, isStable } from './task-hoist';
import { exprsIn, namesOf, within } from './task-names';

/** So many wait at once, where the number of items is larger or not known. */
const AT_ONCE = 100;
const lineOf = (span: Span): string => `line ${span.start.line + 1}`;

/** A loop of a coroutine that asks for one thing at a time. */
export interface SerialLoop {
  file: string;
  owner: FunctionIR;
  ir: LoopIR;
  statement: Span;
  depth: number;
  /** Qualified types of names around it, where known. */
  types: Readonly<Record<string, string | undefined>>;
}
/** The expression that becomes the results of all trips; `text`: what is gathered in each. */
interface Asked {
  /** What is replaced by the name of one result. */
  place: Expr;
  call: Call;
  text: string;
}

/** The await or the blocking call that stands in every trip; a refusal where it cannot be taken out of it. */
export type Find = (expr: Expr) => { call: Call; text: string } | null;

/** `threads`: the calls wait in threads, of which there are only some anyway. undefined: the loop asks for nothing by way of `find`. */
export function gatherLoop(serial: SerialLoop, find: Find, cx: Context, threads = false): Outcome<EditMatch> | undefined {
  const { ir, owner, file } = serial;
  if (ir.language !== 'python' || ir.async || !owner.async || ir.target === null || ir.otherwise.length > 0) return undefined;
  const comprehension = ir.form === 'list-comprehension' || ir.form === 'dict-comprehension';
  if (ir.form !== 'for' && !(comprehension && ir.sink?.consumer === null)) return undefined;
  const all = ir.body.flatMap((stmt) => [...exprsIn(stmt)]);
  const asked = all.flatMap((place): Asked[] => {
    const found = find(place);
    return found ? [{ place, ...found }] : [];
  });
  const [one, another] = asked;
  const bound = new Set(boundNames(ir.target));
  // What does not depend on the trip is the same question again: a poll, a pause, a queue.
  if (!one || ![...namesOf({ exprs: [one.call] }).reads].some((name) => bound.has(name) || namesOf({ stmts: ir.body }).writes.has(name))) return undefined;
  const awaits = all.filter((expr) => expr.kind === 'await' && expr !== one.place);
  const second = another?.place ?? awaits[0];
  if (second) return refuse('several-awaits', `A trip waits more than once (${lineOf(one.place.span)} and ${lineOf(second.span)}).`, 'Put what is waited for in one trip into a coroutine function, and gather its calls.', second.span);
  const exit = [...eachStmt(ir.body)].find(({ kind }) => kind === 'raise')?.span ?? ir.body.map((stmt) => leaves(stmt)).find((span) => span !== null);
  if (exit) return refuse('early-exit', `The loop may end before its last item (${lineOf(exit)}); together, the later ones would have been asked for already.`, 'Let the loop go to its end, or gather a few items at a time.', exit);
  const dependent = [...namesOf({ exprs: [one.call] }).reads].find((name) => !bound.has(name) && namesOf({ stmts: ir.body }).writes.has(name));
  const [first] = ir.body;
  if (dependent !== undefined && !(first && !within(one.place.span, first.span) && writesBefore(ir.body, one.place, dependent))) {
    return refuse('carried-dependence', `What is asked for in ${lineOf(one.place.span)} needs \`${dependent}\`, which another trip left there.`, 'Gather what can be asked for without it.', one.place.span);
  }
  const filter = comprehension && first?.kind === 'if' && first.otherwise.length === 0 ? first : null;
  const holder = filter?.then[0] ?? first;
  if (!first || !holder || (!comprehension && !(within(one.place.span, first.span) && reachedFirst(holder, one.place)))) {
    return refuse('work-before', `Something else of the trip happens before it waits (${lineOf(one.place.span)}), or decides whether it does.`, 'Put that and the call into a coroutine function, and gather its calls.', one.place.span);
  }
  if (comprehension && (holder.kind !== 'emit' || (holder.value !== one.place && (filter !== null || !always(holder.value, one.place)) && holder.key !== one.place))) return undefined;
  const declared = [...eachStmt(owner.body)].find(({ kind }) => kind === 'scope');
  if (declared) return refuse('shared-state', `The function assigns variables of the code around it (${lineOf(declared.span)}), which a call may see.`, 'Return them instead.', declared.span);
  const attempt = [...eachStmt(owner.body)].find((stmt) => stmt.kind === 'try' && within(serial.statement, stmt.span));
  if (attempt) return refuse('caught-errors', `An error in the loop is caught (${lineOf(attempt.span)}), and what was done until then counts; together, the other calls would go on.`, 'Catch the error in the coroutine that is called.', attempt.span);
  const judge = new Independence(cx);
  const no = judge.whyNot(one.call, file, serial.types) ?? (filter ? judge.whyNot(filter.test, file, serial.types) : null) ?? restNo(serial, one, judge, cx);
  if (no) return { ok: false, refusal: no };
  return write(serial, one, filter, judge, threads, cx);
} // prettier-ignore

const writesBefore = (body: readonly Stmt[], place: Expr, name: string): boolean => {
  const at = body.findIndex((stmt) => within(place.span, stmt.span));
  return body.slice(0, at).some((stmt) => namesOf({ stmts: [stmt] }).writes.has(name));
};

function always(expr: Expr, place: Expr): boolean {
  return expr === place || alwaysEvaluated(expr).some((child) => always(child, place));
}

/** Nothing that has an effect or could fail otherwise comes before it in the trip. */
function reachedFirst(stmt: Stmt, place: Expr): boolean {
  if (stmt.kind === 'assign' || stmt.kind === 'augment' || stmt.kind === 'expression') {
    const before = [...eachExpr(stmt.value)].filter((expr) => expr.kind === 'call' && expr !== place && !within(expr.span, place.span) && !within(place.span, expr.span) && expr.span.start.line <= place.span.start.line && (expr.span.start.line < place.span.start.line || expr.span.start.character < place.span.start.character)); // prettier-ignore
    return before.length === 0 && always(stmt.value, place);
  }
  return false;
}

/** What is done with the answers stays in order, and no call may see it. */
function restNo({ ir, owner, file, depth, types }: SerialLoop, { place, call }: Asked, judge: Independence, cx: Context): ReturnType<Independence['whyNot']> {
  const inCall = new Set(eachExpr(place));
  const read = namesOf({ exprs: [call] }).reads;
  const changes = (target: Expr, span: Span): ReturnType<Independence['whyNot']> => {
    const name = target.kind === 'name' ? target.name : null;
    if (name !== null && !read.has(name) && isOwn(name, owner, ir.span, depth > 0, cx)) return null;
    return { code: 'shared-state', why: `The loop changes \`${cx.slice(file, target.span)}\` (${lineOf(span)}), which a later call may see.`, toDo: 'Collect the results in a new list or dictionary of this function first.', span };
  };
  for (const stmt of eachStmt(ir.body)) {
    if (stmt.kind === 'opaque' || stmt.kind === 'scope') return { code: 'unknown-call', why: `What ${lineOf(stmt.span)} does cannot be judged.`, toDo: 'Check that the calls do not need each other, and gather them by hand.', span: stmt.span };
    const targets = stmt.kind === 'assign' ? stmt.targets : stmt.kind === 'augment' ? [stmt.target] : [];
    for (const target of targets) {
      const object = target.kind === 'subscript' || target.kind === 'attribute' ? target.object : stmt.kind === 'augment' ? target : null;
      const no = object ? changes(object, stmt.span) : null;
      if (no) return no;
    }
    for (const expr of stmtExprs(stmt).flatMap((each) => [...eachExpr(each)])) {
      if (inCall.has(expr) || expr.kind !== 'call') continue;
      const path = cx.resolve(expr.callee, file, expr.span.start);
      if (path === 'builtins.print') continue;
      const { callee } = expr;
      if (path === null && callee.kind === 'attribute' && callee.object.kind === 'name' && GATHERS.has(callee.attribute)) {
        const no = changes(callee.object, stmt.span);
        if (no) return no;
        continue;
      }
      const no = judge.whyNot({ ...expr, args: [], keywords: [] }, file, types);
      if (no) return no;
    }
  }
  return null;
} // prettier-ignore
const GATHERS = new Set(['append', 'add', 'extend', 'update', 'setdefault']);

function write(serial: SerialLoop, { place, text }: Asked, filter: (Stmt & { kind: 'if' }) | null, judge: Independence, threads: boolean, cx: Context): Outcome<EditMatch> {
  const { ir, owner, file, statement } = serial;
  const { target } = ir;
  const slice = (part: { span: Span }): string => cx.slice(file, part.span);
  if (target === null) throw new Error('a loop over items binds them');
  const asyncio = cx.importName(file, 'asyncio');
  const many = !threads && !(countOf(ir) <= AT_ONCE);
  const limited = many ? cx.freshName('limited', file) : '';
  const limit = many ? cx.freshName('limit', file) : '';
  const items = `for ${slice(target)} in ${slice(ir.space)}${filter ? ` if ${slice(filter.test)}` : ''}`;
  const gathered = `await ${asyncio.written}.gather(*(${many ? `${limited}(${text})` : text} ${items}))`;
  const edits: Edit[] = asyncio.edit ? [asyncio.edit] : [];
  if (many) {
    const indent = cx.indentAt(file, statement.start.line);
    const unit = cx.indentUnit(file);
    const lines = [`${limit} = ${asyncio.written}.Semaphore(${AT_ONCE})`, '', `async def ${limited}(call):`, `${unit}async with ${limit}:`, `${unit.repeat(2)}return await call`, ''];
    edits.push(cx.insert(file, { line: statement.start.line, character: 0 }, lines.map((line) => (line === '' ? '\n' : `${indent}${line}\n`)).join('')));
  }
  const assumptions = [
    'No call fails; where one does, the others are under way already, and what the loop did before is not done.',
    ...(threads ? ['No other task counts on this one not giving way while it waits.'] : []),
    ...(judge.asks ? ['Who is asked answers several questions at once, in any order.'] : []),
  ];
  const [first] = ir.body;
  const whole = first?.kind === 'emit' || first?.kind === 'if' ? first : null;
  const emitted = filter?.then[0] ?? first;
  const bare = whole && ir.form === 'list-comprehension' && emitted?.kind === 'emit' && emitted.value === place;
  if (bare) edits.push(cx.edit(file, ir.span, gathered));
  else if (appended(ir, place)) {
    const only = first as Stmt & { kind: 'expression'; value: Call };
    edits.push(cx.edit(file, ir.span, `${slice(only.value.callee).replace(/append$/, 'extend')}(${gathered})`));
  } else {
    const names = boundNames(target);
    const named = first?.kind === 'assign' && first.targets.length === 1 && first.value === place && first.targets[0]?.kind === 'name' ? first.targets[0].name : null;
    const dropped = named !== null && ir.body.length > 1 && !names.includes(named) && first && alone(first, file, cx) ? first : null;
    const result = dropped ? (named as string) : cx.freshName('result', file);
    const elsewhere = [...eachStmt(owner.body)].some((one) => readsOf(one, place).some((expr) => names.includes(expr.name) && expr !== target && !within(expr.span, target.span)));
    let header = `${result} in ${gathered}`;
    if (elsewhere) {
      if (!isStable(ir.space) || consumed(ir.space, owner, cx)) return refuse('one-time-items', `The loop needs each item again beside its answer, but \`${slice(ir.space)}\` can be walked over only once.`, 'Make a list of it first.', ir.space.span);
      const item = target.kind === 'collection' ? `(${slice(target).replace(/^\((.*)\)$/s, '$1')})` : slice(target);
      header = `${item}, ${result} in zip(${slice(ir.space)}, ${gathered})`;
      if (ir.space.kind !== 'range') assumptions.push(`\`${slice(ir.space)}\` can be walked over twice.`);
    }
    edits.push(cx.edit(file, { start: target.span.start, end: ir.space.span.end }, header));
    const [, next] = ir.body;
    if (dropped && next) edits.push(cx.edit(file, { start: { line: dropped.span.start.line, character: 0 }, end: { line: dropped.span.end.line + 1, character: 0 } }, ''));
    else edits.push(cx.edit(file, place.span, result));
  }
  const assigned = [...eachStmt(owner.body)].find((one) => one.kind === 'assign' && within(ir.span, one.span) && within(one.span, statement));
  const changed = ir.form === 'for' ? ir.body.flatMap((stmt) => changedBy(stmt)) : assigned?.kind === 'assign' ? assigned.targets.flatMap(boundNames) : [];
  return ok({
    file,
    region: statement,
    captures: [...new Set(changed)],
    title: threads ? 'Wait in threads, together' : many ? `Wait for up to ${AT_ONCE} of them together` : 'Wait for them together',
    cost: { kind: 'factor', low: 1.5, high: Math.max(2, Math.min(threads ? AT_ONCE / 10 : AT_ONCE, countOf(ir) || AT_ONCE)) },
    assumptions,
    guarded: false,
    tolerance: 0,
    requires: [],
    workers: null,
    edits,
  });
} // prettier-ignore

/** A statement that has its lines to itself, so that they can go. */
function alone({ span }: Stmt, file: string, cx: Context): boolean {
  const lines = cx.text(file).split('\n');
  return (
    (lines[span.start.line] ?? '').slice(0, span.start.character).trim() === '' &&
    (lines[span.end.line] ?? '').slice(span.end.character).trim() === ''
  );
}

/** `results.append(await f(x))` and nothing else; the list takes all answers in one go, and nobody needs the last item. */
function appended(ir: LoopIR, place: Expr): boolean {
  const [only, another] = ir.body;
  if (ir.form !== 'for' || another || only?.kind !== 'expression' || only.value.kind !== 'call') return false;
  const { callee, args, keywords } = only.value;
  return callee.kind === 'attribute' && callee.attribute === 'append' && args.length === 1 && args[0] === place && keywords.length === 0;
}

/** Names read in the statement itself, those in the gathered call left out. */
function readsOf(stmt: Stmt, place: Expr): (Expr & { kind: 'name' })[] {
  const inCall = new Set(eachExpr(place));
  const targets = new Set<Expr>(stmt.kind === 'assign' ? stmt.targets : stmt.kind === 'loop' && stmt.loop.target ? [stmt.loop.target] : []);
  return stmtExprs(stmt).filter((expr) => !targets.has(expr) || expr.kind !== 'name').flatMap((expr) => [...eachExpr(expr)]).filter((expr) => expr.kind === 'name' && !inCall.has(expr)) as (Expr & { kind: 'name' })[]; // prettier-ignore
}

/** The text says that it is a generator or an iterator. */
function consumed(space: LoopIR['space'], owner: FunctionIR, cx: Context): boolean {
  if (space.kind === 'enumerate' || space.kind === 'reversed') return consumed(space.of, owner, cx);
  if (space.kind === 'zip') return space.parts.some((part) => consumed(part, owner, cx));
  if (space.kind !== 'sequence' || space.value.kind !== 'name') return false;
  const { name } = space.value;
  const given = [...cx.syntax(owner.file).body, ...eachStmt(owner.body)].flatMap((one) => (one.kind === 'assign' && one.targets.some((target) => boundNames(target).includes(name)) ? [one.value] : []));
  return given.some((value) => {
    if (value.kind === 'loop') return value.loop.sink?.type === 'generator' && value.loop.sink.consumer === null;
    if (value.kind !== 'call') return value.kind !== 'collection' && value.kind !== 'dict' && value.kind !== 'binary';
    return !/^builtins\.(list|tuple|range|sorted|dict|set)$/.test(cx.resolve(value.callee, owner.file, value.span.start) ?? '');
  });
} // prettier-ignore

/** How many trips the text says; NaN where it does not. */
function countOf({ space }: LoopIR): number {
  const number = (expr: Expr | null): number => (expr === null ? 0 : expr.kind === 'number' ? Number(expr.text.replaceAll('_', '')) : NaN);
  if (space.kind === 'range') return space.step === null ? Math.max(0, number(space.stop) - number(space.start)) : NaN;
  return space.kind === 'sequence' && space.value.kind === 'collection' ? space.value.items.length : NaN;
}

function changedBy(stmt: Stmt): string[] {
  const inner = nestedBlocks(stmt).flat().flatMap(changedBy);
  const targets = stmt.kind === 'assign' ? stmt.targets : stmt.kind === 'augment' ? [stmt.target] : [];
  const stored = targets.flatMap((target) => (target.kind === 'subscript' && target.object.kind === 'name' ? [target.object.name] : boundNames(target)));
  const value = stmt.kind === 'expression' && stmt.value.kind === 'call' && stmt.value.callee.kind === 'attribute' ? stmt.value.callee.object : null;
  return [...inner, ...stored, ...(value?.kind === 'name' ? [value.name] : [])];
} // prettier-ignore
