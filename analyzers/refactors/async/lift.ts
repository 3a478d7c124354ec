/** A trip that asks for several things becomes a coroutine function; its calls wait together, and the loop walks over what they return. */
import type { Expr, Span } from '../../types';
import { within } from '../../platform/span';
import { refuse, type Outcome } from '../../platform/result';
import { boundNames, eachExpr } from '../../syntax/python-walk';
import type { EditMatch } from '../algorithm/edit';
import { Independence } from './independence';
import { AT_ONCE, countOf, gapAbove, matched, pairedWith, readsTarget, whyNotLater, type SerialLoop } from './loop';
import { splitTrip, without, type TripSplit } from './trip';
import type { Context } from '../refactor';
import { exprsIn, namesOf } from '../task/names';
import { LineBlock, linesInsideStrings } from '../task/text';

export function liftTrip(serial: SerialLoop, cx: Context): Outcome<EditMatch> | undefined {
  const { ir, owner, types } = serial;
  const split = splitTrip(serial);
  if ('code' in split) return { ok: false, refusal: split };
  if (split.params.length === 0) return undefined;
  const parents = split.asked
    .flatMap((stmt) => [...exprsIn(stmt)])
    .some((expr) => expr.kind === 'name' && (expr.name === 'super' || expr.name === '__class__'));
  if (parents) return refuse('tangled-trip', 'A function in a method cannot say `super()`.', 'Put what is asked for in one trip into a coroutine method, and gather its calls.', ir.span); // prettier-ignore
  const judge = new Independence(cx);
  const inside = split.handover ? without(split.asked, split.handover) : split.asked;
  const valued = new Set<Expr>(split.handover ? eachExpr(split.handover.value) : []);
  const later = [...(split.handover ? [split.handover.statement] : []), ...split.rest];
  const no =
    judge.whyNotStatements(inside, owner, types) ??
    whyNotLater(
      later,
      inside.flatMap((stmt) => [...exprsIn(stmt)]),
      valued,
      serial,
      judge,
      cx,
    ) ??
    judge.whyVain(ir.span);
  return no ? { ok: false, refusal: no } : write(serial, split, judge, cx);
}

function write(serial: SerialLoop, split: TripSplit, judge: Independence, cx: Context): Outcome<EditMatch> {
  const { ir, file, statement } = serial;
  const { asked, handover, rest, params, results } = split;
  const slice = (part: { span: Span }): string => cx.slice(file, part.span);
  const asyncio = cx.importName(file, 'asyncio');
  const [first] = ir.body;
  const last = asked.at(-1);
  if (!first || !last || ir.target === null) throw new Error('a trip that asks for something has statements');
  const lines = cx.text(file).split(/\r?\n/);
  const top = firstLine(lines, first.span.start.line);
  if (top <= ir.space.span.end.line || (rest[0]?.span.start.line ?? Infinity) <= last.span.end.line) return refuse('tangled-trip', 'The trip shares a line with the loop or another statement.', 'Write each statement on a line of its own.', first.span); // prettier-ignore
  const indent = cx.indentAt(file, statement.start.line);
  const inner = cx.indentAt(file, first.span.start.line);
  const unit = cx.indentUnit(file);
  const fixed = linesInsideStrings(cx.text(file));
  const many = !judge.limited && !(countOf(ir) <= AT_ONCE);
  const limit = many ? cx.freshName('limit', file) : null;
  const name = cx.freshName(`ask_${params[0]}`, file);

  const value = handover ? slice(handover.value) : null;
  const returned = [...(value === null ? [] : [value]), ...results].join(', ');
  const end = { line: last.span.end.line, character: (lines[last.span.end.line] ?? '').length };
  const changes = handover ? [{ span: handover.statement.span, text: `return ${returned}` }] : [];
  const body = indent + unit + (limit === null ? '' : unit);
  const moved = LineBlock.of(cx.text(file), { start: { line: top, character: 0 }, end }, changes, fixed).moved(inner, body);
  const definition = [
    ...(limit === null ? [] : [`${indent}${limit} = ${asyncio.written}.Semaphore(${AT_ONCE})`, '']),
    `${indent}async def ${name}(${params.join(', ')}):`,
    ...(limit === null ? [] : [`${indent}${unit}async with ${limit}:`]),
    ...moved,
    ...(handover || results.length === 0 ? [] : [`${body}return ${returned}`]),
    '',
  ];

  const answers = `await ${asyncio.written}.gather(*(${name}(${params.join(', ')}) for ${slice(ir.target)} in ${slice(ir.space)}))`;
  const assumptions = ['No call fails; where one does, the others are under way already, and what the loop did before is not done.', ...judge.assumptions]; // prettier-ignore
  const result = handover ? cx.freshName('result', file) : '';
  const names = [...(handover ? [result] : []), ...results];
  const written = handover ? slice(handover.statement) : '';
  const at = handover ? handover.value.span : null;
  const handed = handover && at ? written.slice(0, offsetIn(lines, handover.statement.span, at.start)) + result + written.slice(offsetIn(lines, handover.statement.span, at.end)) : null; // prettier-ignore
  const insideAsked = (expr: Expr): boolean => within(expr.span, { start: first.span.start, end: last.span.end }) && !inHandover(expr, split);
  const loop: string[] = [];
  const append = handover && rest.length === 0 && results.length === 0 ? /^(.*)\.append\(/s.exec(written) : null;
  if (names.length === 0 && rest.length === 0) loop.push(`${indent}${answers}`);
  else if (append && !readsTarget(serial, insideAsked)) loop.push(`${indent}${append[1]}.extend(${answers})`);
  else {
    const answer = names.length === 1 ? (names[0] ?? '') : names.join(', ');
    let head = names.length === 0 ? `_ in ${answers}` : `${answer} in ${answers}`;
    if (readsTarget(serial, insideAsked)) {
      const paired = pairedWith(serial, cx);
      if (!paired.ok) return paired;
      assumptions.push(...paired.value.assumptions);
      head = `${paired.value.item}, ${names.length > 1 ? `(${answer})` : answer || '_'} in zip(${paired.value.items}, ${answers})`;
    }
    loop.push(`${indent}for ${head}:`);
    if (handed !== null) loop.push(`${inner}${handed}`);
    if (rest.length > 0) {
      const stop = { line: statement.end.line, character: (lines[statement.end.line] ?? '').length };
      loop.push(...LineBlock.of(cx.text(file), { start: { line: end.line + 1, character: 0 }, end: stop }, [], fixed).moved(inner, inner));
    }
  }
  const whole = { start: { line: statement.start.line, character: 0 }, end: { line: statement.end.line, character: (lines[statement.end.line] ?? '').length } }; // prettier-ignore
  const gone = [...namesOf({ stmts: asked }).writes].filter((each) => !results.includes(each));
  const edits = [...(asyncio.edit ? [asyncio.edit] : []), cx.edit(file, whole, [...gapAbove(serial, cx), ...definition, ...loop].join('\n'))];
  return matched(serial, { title: many ? `Let up to ${AT_ONCE} trips wait together` : 'Let the trips wait together', edits, assumptions, gone: gone.filter((each) => !boundNames(ir.target as Expr).includes(each)) }); // prettier-ignore
}

/** The comments right above a statement belong to it. */
function firstLine(lines: readonly string[], from: number): number {
  let line = from;
  while (/^\s*#/.test(lines[line - 1] ?? '')) line -= 1;
  return line;
}

/** A place in the file as an offset into the text of a span. */
function offsetIn(lines: readonly string[], { start }: Span, place: Span['start']): number {
  if (place.line === start.line) return place.character - start.character;
  let offset = (lines[start.line] ?? '').length - start.character + 1;
  for (let line = start.line + 1; line < place.line; line += 1) offset += (lines[line] ?? '').length + 1;
  return offset + place.character;
}

/** In the part of the handover that stays in the loop. */
const inHandover = (expr: Expr, { handover }: TripSplit): boolean =>
  handover !== null && within(expr.span, handover.statement.span) && !within(expr.span, handover.value.span);
