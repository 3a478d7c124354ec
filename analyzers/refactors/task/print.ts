import type { Position, Span, Stmt } from '../../types';
import type { TaskMap } from './task';
import { bare } from './columns';
import { LineBlock, type Replacement } from './text';

export interface Body {
  map: TaskMap;
  /** `pool.map(f, xs)` */
  mapped: string;
  /** What stands between `for` and `:`. */
  header: string;
  /** Indentation of the statement now, and of what goes under the `with`. */
  indent: string;
  inner: string;
}

/** The loop with its new header, without what moved into the task. null: it is written in a way that is not rewritten. */
export function loopText({ map, mapped, header, indent, inner }: Body, statement: Span): string[] | null {
  const { facts, cx, split, module } = map;
  const { file, ir } = facts;
  if (!ir.target) return null;
  const extended = appendOnly(map);
  if (extended !== null) return [`${inner}${extended}.extend(${mapped})`];
  const text = cx.text(file);
  const lines = text.split('\n');
  const after = cx.slice(file, { start: map.headerEnd, end: statement.end });
  const colon = /^[\s)]*(?=:)/.exec(after)?.[0];
  if (colon === undefined) return null;
  const headerEnd = advance(map.headerEnd, colon);
  const headerStart = { line: ir.span.start.line, character: ir.span.start.character + 'for '.length };
  const replacements: Replacement[] = [{ span: { start: headerStart, end: headerEnd }, text: header }];
  if (ir.body.every((stmt) => split.removed.includes(stmt))) return null;
  for (const stmt of split.removed) {
    const gone = wholeLines(lines, stmt, ir.span.start.line);
    if (!gone) return null;
    replacements.push({ span: gone, text: '' });
  }
  for (const hoist of split.hoists) {
    replacements.push(...hoist.headers);
    if (!hoist.statement) replacements.push({ span: hoist.origin.span, text: hoist.inLoop });
  }
  return LineBlock.of(text, statement, replacements, module.fixed).moved(indent, inner);
}

/** The statement around a comprehension, with the comprehension replaced. null: as above. */
export function statementText(body: Body, statement: Span): string[] | null {
  const { map, indent, inner } = body;
  const { facts, cx, module } = map;
  const replacements = comprehension(body);
  if (!replacements) return null;
  return LineBlock.of(cx.text(facts.file), statement, replacements, module.fixed).moved(indent, inner);
}

function comprehension({ map, mapped, header }: Body): Replacement[] | null {
  const { facts, cx, split, filtered, columns } = map;
  const { ir, file } = facts;
  const [hoist, another] = split.hoists;
  const filters: (Stmt & { kind: 'if' })[] = [];
  let inside = ir.body;
  while (inside.length === 1 && inside[0]?.kind === 'if') {
    filters.push(inside[0]);
    inside = inside[0].then;
  }
  const [emit] = inside;
  if (!hoist || split.steps.length > 0 || emit?.kind !== 'emit' || !ir.target || !ir.sink) return null;
  const cold = filtered ? hoist.tests.length : 0;
  const plain = !another && emit.value === hoist.expr && filters.length === cold;
  const lazy = ir.sink.type === 'generator';
  if (lazy && !ir.sink.consumer) return null;
  if (plain && emit.key === null) {
    const opened = cx.slice(file, ir.span).startsWith('(');
    const written = ir.form === 'map' || !lazy ? mapped : opened ? `(${mapped})` : mapped;
    return [{ span: ir.span, text: lazy ? written : `${ir.sink.type}(${mapped})` }];
  }
  const [key] = columns.columns;
  if (plain && emit.key?.kind === 'name' && key && key.target === emit.key.name && key.role !== 'counter') {
    return [{ span: ir.span, text: `dict(zip(${key.iterable}, ${mapped}))` }];
  }
  if (ir.form === 'map') return null;
  const end = filters[cold - 1]?.span.end ?? map.headerEnd;
  return [
    { span: { start: ir.target.span.start, end }, text: bare(header) },
    ...split.hoists.map((one) => ({ span: one.expr.span, text: one.name })),
  ];
}

/** `for x in xs: out.append(f(x))` and nothing else: the name of the list. */
function appendOnly({ facts, cx, split }: TaskMap): string | null {
  const [only, another] = facts.ir.body.filter((stmt) => !split.removed.includes(stmt));
  const [hoist] = split.hoists;
  if (!only || another || only.kind !== 'expression' || only.value.kind !== 'call' || facts.ir.otherwise.length > 0 || split.outputs.length > 0)
    return null;
  const { callee, args } = only.value;
  if (callee.kind !== 'attribute' || callee.attribute !== 'append' || callee.object.kind !== 'name') return null;
  if (args.length !== 1 || !hoist || args[0] !== hoist.origin || hoist.awaited || split.hoists.length > 1) return null;
  const isList = facts.values[callee.object.name]?.type;
  if (isList !== undefined && isList !== 'list') return null;
  if (facts.indices.some((name) => facts.liveOut.includes(name))) return null;
  return cx.slice(facts.file, facts.statement).includes('#') ? null : callee.object.name;
}

/** From the end of the line before a statement (and before its comments) to its own end; null where it shares a line. */
function wholeLines(lines: readonly string[], stmt: Stmt, header: number): Span | null {
  const textOf = (line: number): string => (lines[line] ?? '').replace(/\r$/, '');
  const { start, end } = stmt.span;
  const alone = textOf(start.line).slice(0, start.character).trim() === '' && /^\s*(#.*)?$/.test(textOf(end.line).slice(end.character));
  if (!alone || start.line === header) return null;
  let first = start.line;
  while (
    first - 1 > header &&
    textOf(first - 1)
      .trim()
      .startsWith('#')
  )
    first -= 1;
  return { start: { line: first - 1, character: textOf(first - 1).length }, end: { line: end.line, character: textOf(end.line).length } };
}

function advance(from: Position, text: string): Position {
  const lines = text.split('\n');
  const last = lines[lines.length - 1] ?? '';
  return lines.length === 1
    ? { line: from.line, character: from.character + text.length }
    : { line: from.line + lines.length - 1, character: last.length };
}
