/** From a loop that asks for one thing at a time to one that asks for all of them together. */
import type { Edit, Expr, Span, Stmt } from '../../types';
import { lineOf, within } from '../../platform/span';
import { refuse, type Outcome } from '../../platform/result';
import { boundNames, eachExpr, eachStmt } from '../../syntax/python-walk';
import type { EditMatch } from '../algorithm/edit';
import { Independence } from './independence';
import type { Call } from './known-calls';
import { liftTrip } from './lift';
import { AT_ONCE, countOf, gapAbove, matched, pairedWith, readsTarget, whyNotLater, type Find, type SerialLoop } from './loop';
import type { Context } from '../refactor';
import { leaves } from '../task/flow';
import { alwaysEvaluated } from '../task/hoist';
import { exprsIn, namesOf } from '../task/names';
import { LineBlock, linesInsideStrings } from '../task/text';

/** What is gathered in each trip. */
interface Asked {
  /** What is replaced by the name of one result. */
  place: Expr;
  call: Call;
  text: string;
}

/** How a loop asks: by `await`, by calls that block and can do so in threads (of which there are only some), or by an event loop for each call. */
export type Way = 'await' | 'threads' | 'run';

/** undefined: the loop asks for nothing by way of `find`. */
export function gatherLoop(serial: SerialLoop, find: Find, cx: Context, way: Way = 'await'): Outcome<EditMatch> | undefined {
  const { ir, owner } = serial;
  if (ir.language !== 'python' || ir.async || owner.async !== (way !== 'run') || ir.target === null || ir.otherwise.length > 0) return undefined;
  const comprehension = ir.form === 'list-comprehension' || ir.form === 'dict-comprehension';
  if (ir.form !== 'for' && !(comprehension && ir.sink?.consumer === null)) return undefined;
  const all = ir.body.flatMap((stmt) => [...exprsIn(stmt)]);
  const asked = all.flatMap((place): Asked[] => {
    const found = find(place);
    return found ? [{ place, ...found }] : [];
  });
  const bound = new Set(boundNames(ir.target));
  // What does not depend on the trip is the same question again: a poll, a pause, a queue.
  const ofTrip = new Set([...bound, ...namesOf({ stmts: ir.body }).writes]);
  const [one, another] = asked.filter(({ call }) => [...namesOf({ exprs: [call] }).reads].some((name) => ofTrip.has(name)));
  if (!one) return undefined;
  const declared = [...eachStmt(owner.body)].find(({ kind }) => kind === 'scope');
  if (declared) return refuse('shared-state', `The function assigns variables of the code around it (${lineOf(declared.span)}), which a call may see.`, 'Return them instead.', declared.span); // prettier-ignore
  const exit = ir.body.map((stmt) => leaves(stmt)).find((span) => span !== null) ?? null;
  const attempt = [...eachStmt(owner.body)].find((stmt) => stmt.kind === 'try' && within(serial.statement, stmt.span));
  const alone = !another && all.every((expr) => expr.kind !== 'await' || expr === one.place);
  const [first] = ir.body;
  if (comprehension) {
    const filter = first?.kind === 'if' && first.otherwise.length === 0 ? first : null;
    const holder = filter?.then[0] ?? first;
    if (!alone || holder?.kind !== 'emit' || (holder.value !== one.place && (filter !== null || !always(holder.value, one.place)) && holder.key !== one.place)) return undefined; // prettier-ignore
    return attempt ? caught(attempt) : gathered(serial, one, filter, way, cx);
  }
  const tried = first?.kind === 'try' && first.body[0] !== undefined && isFirst(first.body[0], one.place);
  if (alone && first && (tried || isFirst(first, one.place))) {
    const dependent = [...namesOf({ exprs: [one.call] }).reads].find((name) => !bound.has(name) && ofTrip.has(name));
    if (dependent !== undefined) return refuse('carried-dependence', `What is asked for in ${lineOf(one.place.span)} needs \`${dependent}\`, which another trip left there.`, 'Gather what can be asked for without it.', one.place.span); // prettier-ignore
    if (!tried && !attempt && !exit) return gathered(serial, one, null, way, cx);
    if (way === 'await') return begun(serial, one, exit !== null || attempt !== undefined, cx);
  }
  if (exit) return refuse('early-exit', `The loop may end before its last item (${lineOf(exit)}); together, the later ones would have been asked for already.`, 'Let the loop go to its end, or gather a few items at a time.', exit); // prettier-ignore
  if (attempt) return caught(attempt);
  return way === 'await' ? liftTrip(serial, cx) : undefined;
}

const caught = (attempt: Stmt): Outcome<EditMatch> =>
  refuse('caught-errors', `An error in the loop is caught (${lineOf(attempt.span)}), and what was done until then counts; together, the other calls would go on.`, 'Catch the error in the coroutine that is called.', attempt.span); // prettier-ignore

function always(expr: Expr, place: Expr): boolean {
  return expr === place || alwaysEvaluated(expr).some((child) => always(child, place));
}

/** The statement comes to the place whatever happens, and calls nothing before it. */
function isFirst(stmt: Stmt, place: Expr): boolean {
  const value = stmt.kind === 'if' ? stmt.test : stmt.kind === 'assign' || stmt.kind === 'augment' || stmt.kind === 'expression' ? stmt.value : null;
  if (value === null || !within(place.span, value.span) || !always(value, place)) return false;
  const { start } = place.span;
  const earlier = ({ span }: Expr): boolean => span.start.line < start.line || (span.start.line === start.line && span.start.character < start.character); // prettier-ignore
  return [...eachExpr(value)].every((expr) => expr.kind !== 'call' || within(expr.span, place.span) || within(place.span, expr.span) || !earlier(expr)); // prettier-ignore
}

/** Judges the calls of a loop, and says how many of them may wait at once. */
function judged(serial: SerialLoop, { call, place }: Asked, filter: (Stmt & { kind: 'if' }) | null, way: Way, cx: Context): Outcome<{ judge: Independence; many: boolean }> {
  const { ir, file, types } = serial;
  const judge = new Independence(cx);
  const no = judge.whyNot(call, file, types) ?? (filter ? judge.whyNot(filter.test, file, types) : null) ?? whyNotLater(ir.body, [...eachExpr(place)], new Set(eachExpr(place)), serial, judge, cx) ?? (way === 'threads' ? null : judge.whyVain(place.span));
  if (no) return { ok: false, refusal: no };
  return { ok: true, value: { judge, many: way !== 'threads' && !judge.limited && !(countOf(ir) <= AT_ONCE) } };
} // prettier-ignore

/** What one item asks for: the call itself, or that of a function before the loop that lets only some wait at once. */
function questionOf(
  { ir, file, statement }: SerialLoop,
  { call, text }: Asked,
  many: boolean,
  asyncio: string,
  cx: Context,
): { text: string; before: string } {
  if (!many || ir.target === null) return { text, before: '' };
  const name = cx.freshName('limited', file);
  const limit = cx.freshName('limit', file);
  const read = namesOf({ exprs: [call] }).reads;
  const params = boundNames(ir.target)
    .filter((each) => read.has(each))
    .join(', ');
  const indent = cx.indentAt(file, statement.start.line);
  const unit = cx.indentUnit(file);
  const lines = [`${limit} = ${asyncio}.Semaphore(${AT_ONCE})`, '', `async def ${name}(${params}):`, `${unit}async with ${limit}:`, `${unit.repeat(2)}return await ${text}`, '']; // prettier-ignore
  return { text: `${name}(${params})`, before: lines.map((line) => (line === '' ? '\n' : `${indent}${line}\n`)).join('') };
}

/** A coroutine function before the loop that waits for all, and the one event loop that it runs in. */
function runOnce(serial: SerialLoop, before: string, awaited: string, asyncio: string, cx: Context): { text: string; before: string } {
  const { file, statement } = serial;
  const name = cx.freshName('gathered', file);
  const indent = cx.indentAt(file, statement.start.line);
  const unit = cx.indentUnit(file);
  const inner = before.split('\n').map((line) => (line === '' ? '' : unit + line));
  const lines = [...gapAbove(serial, cx), `${indent}async def ${name}():`, ...inner.slice(0, -1), `${indent}${unit}return ${awaited}`, '', ''];
  return { text: `${asyncio}.run(${name}())`, before: lines.join('\n') };
}

/** All results first, then the loop over them. */
function gathered(serial: SerialLoop, asked: Asked, filter: (Stmt & { kind: 'if' }) | null, way: Way, cx: Context): Outcome<EditMatch> {
  const { ir, file } = serial;
  const { target } = ir;
  const { place } = asked;
  const slice = (part: { span: Span }): string => cx.slice(file, part.span);
  const may = judged(serial, asked, filter, way, cx);
  if (!may.ok) return may;
  if (target === null) throw new Error('a loop over items binds them');
  const { judge, many } = may.value;
  const asyncio = cx.importName(file, 'asyncio');
  const { text, before } = questionOf(serial, asked, many, asyncio.written, cx);
  const items = `for ${slice(target)} in ${slice(ir.space)}${filter ? ` if ${slice(filter.test)}` : ''}`;
  const awaited = `await ${asyncio.written}.gather(*(${text} ${items}))`;
  const once = way === 'run' ? runOnce(serial, before, awaited, asyncio.written, cx) : null;
  const answers = once?.text ?? awaited;
  const above = once?.before ?? before;
  const edits: Edit[] = [...(asyncio.edit ? [asyncio.edit] : []), ...(above === '' ? [] : [cx.insert(file, { line: serial.statement.start.line, character: 0 }, above)])];
  const assumptions = [
    'No call fails; where one does, the others are under way already, and what the loop did before is not done.',
    ...(way === 'threads' ? ['No other task counts on this one not giving way while it waits.'] : []),
    ...judge.assumptions,
  ];
  const [first] = ir.body;
  const emitted = filter?.then[0] ?? first;
  const appended = appendOf(serial, place);
  if (ir.form === 'list-comprehension' && emitted?.kind === 'emit' && emitted.value === place) edits.push(cx.edit(file, ir.span, answers));
  else if (appended) edits.push(cx.edit(file, ir.span, `${slice(appended).replace(/append$/, 'extend')}(${answers})`));
  else {
    const named = first?.kind === 'assign' && first.targets.length === 1 && first.value === place && first.targets[0]?.kind === 'name' ? first.targets[0].name : null;
    const dropped = named !== null && ir.body.length > 1 && !boundNames(target).includes(named) && first && hasLines(first, file, cx) ? first : null;
    const result = dropped ? (named as string) : cx.freshName('result', file);
    const inCall = new Set(eachExpr(place));
    let header = `${result} in ${answers}`;
    if (readsTarget(serial, (expr) => inCall.has(expr))) {
      const paired = pairedWith(serial, cx);
      if (!paired.ok) return paired;
      const { item, items: again, assumptions: more } = paired.value;
      header = `${item}, ${result} in zip(${again}, ${answers})`;
      assumptions.push(...more);
    }
    edits.push(cx.edit(file, { start: target.span.start, end: ir.space.span.end }, header));
    if (dropped) edits.push(cx.edit(file, { start: { line: dropped.span.start.line, character: 0 }, end: { line: dropped.span.end.line + 1, character: 0 } }, ''));
    else edits.push(cx.edit(file, place.span, result));
  }
  const title = way === 'threads' ? 'Wait in threads, together' : many ? `Wait for up to ${AT_ONCE} of them together` : 'Wait for them together';
  return matched(serial, { title, edits, assumptions, threads: way === 'threads' });
} // prettier-ignore

/** Every call becomes a task that is begun before the loop; the loop, as it is, waits for each in its turn. `ends`: it may leave tasks behind. */
function begun(serial: SerialLoop, asked: Asked, ends: boolean, cx: Context): Outcome<EditMatch> {
  const { ir, file, statement } = serial;
  const { target } = ir;
  const { place } = asked;
  const may = judged(serial, asked, null, 'await', cx);
  if (!may.ok) return may;
  if (target === null) throw new Error('a loop over items binds them');
  const { judge, many } = may.value;
  const asyncio = cx.importName(file, 'asyncio');
  const { text, before } = questionOf(serial, asked, many, asyncio.written, cx);
  const tasks = cx.freshName('tasks', file);
  const task = cx.freshName('task', file);
  const inCall = new Set(eachExpr(place));
  const paired = readsTarget(serial, (expr) => inCall.has(expr)) ? pairedWith(serial, cx) : null;
  if (paired?.ok === false) return paired;
  const head = paired ? `${paired.value.item}, ${task} in zip(${paired.value.items}, ${tasks})` : `${task} in ${tasks}`;
  const made = `${tasks} = [${asyncio.written}.create_task(${text}) for ${cx.slice(file, target.span)} in ${cx.slice(file, ir.space.span)}]`;
  const indent = cx.indentAt(file, statement.start.line);
  const changes = [{ span: { start: target.span.start, end: ir.space.span.end }, text: head }, { span: place.span, text: `await ${task}` }];
  const block = LineBlock.of(cx.text(file), statement, changes, linesInsideStrings(cx.text(file)));
  const unit = cx.indentUnit(file);
  const ending = [`${indent}finally:`, `${indent}${unit}for ${task} in ${tasks}:`, `${indent}${unit.repeat(2)}${task}.cancel()`];
  const lines = ends ? [`${indent}try:`, ...block.moved(indent, indent + unit), ...ending] : block.moved(indent, indent);
  const last = cx.text(file).split(/\r?\n/)[statement.end.line] ?? '';
  const whole = { start: { line: statement.start.line, character: 0 }, end: { line: statement.end.line, character: last.length } };
  const edits = [...(asyncio.edit ? [asyncio.edit] : []), cx.edit(file, whole, before + [`${indent}${made}`, ...lines].join('\n'))];
  const assumptions = [
    ends ? 'What is asked for in vain, because the loop ends before its last item, does no harm.' : 'No call fails in a way that the loop does not catch; where one does, the others are under way already.',
    ...judge.assumptions,
    ...(paired?.value.assumptions ?? []),
  ];
  return matched(serial, { title: many ? `Begin up to ${AT_ONCE} of them together` : 'Begin them together', edits, assumptions });
} // prettier-ignore

/** A statement that has its lines to itself, so that they can go. */
function hasLines({ span }: Stmt, file: string, cx: Context): boolean {
  const lines = cx.text(file).split('\n');
  const around = (lines[span.start.line] ?? '').slice(0, span.start.character) + (lines[span.end.line] ?? '').slice(span.end.character);
  return around.trim() === '';
}

/** `results.append(await f(x))` and nothing else: the callee. The list takes all answers in one go, and nobody needs the last item. */
function appendOf({ ir }: SerialLoop, place: Expr): Expr | null {
  const [only, another] = ir.body;
  if (ir.form !== 'for' || another || only?.kind !== 'expression' || only.value.kind !== 'call') return null;
  const { callee, args, keywords } = only.value;
  return callee.kind === 'attribute' && callee.attribute === 'append' && args.length === 1 && args[0] === place && keywords.length === 0 ? callee : null; // prettier-ignore
}
