import type { CostModel, Edit, Expr, LoopFacts, Position, Span, Stmt } from '../../types';
import { boundNames, eachStmt } from '../../syntax/python-walk';
import { sameSpan, stepsTo, type Code, type Step } from './code';
import type { Context, Match } from '../refactor';

/** A match whose edits are made already. */
export interface EditMatch extends Match {
  edits: Edit[];
}

export interface Draft {
  title: string;
  edits: Edit[];
  cost: CostModel;
  assumptions: string[];
  tolerance?: number;
  requires?: string[];
  /** Names that hold something else from now on, and cannot be compared. */
  changed?: readonly string[];
  /** The statements that are timed, where they are more than the loop's own. */
  region?: Span;
}

export function finish(facts: LoopFacts, code: Code, { title, edits, cost, assumptions, ...more }: Draft): EditMatch {
  const changed = new Set(more.changed ?? []);
  return {
    file: facts.file,
    region: more.region ?? facts.statement,
    captures: capturesOf(facts, code).filter((name) => !changed.has(name)),
    title,
    cost,
    assumptions: [...new Set(assumptions)],
    guarded: assumptions.length === 0,
    tolerance: more.tolerance ?? 0,
    requires: more.requires ?? [],
    workers: null,
    edits: mergeInsertions(edits),
  };
}

/** Insertions at one place become one edit, in the order in which they were made. */
export function mergeInsertions(edits: readonly Edit[]): Edit[] {
  const merged: Edit[] = [];
  for (const edit of edits) {
    const empty = edit.start.line === edit.end.line && edit.start.character === edit.end.character;
    const same = empty ? merged.find((one) => one.file === edit.file && one.start.line === edit.start.line && one.start.character === edit.start.character && one.end.line === edit.end.line && one.end.character === edit.end.character) : undefined; // prettier-ignore
    if (same) same.newText += edit.newText;
    else merged.push({ ...edit });
  }
  return merged;
}

/** Names whose values are compared when the loop's statement ends. */
function capturesOf(facts: LoopFacts, code: Code): string[] {
  const holder = [...eachStmt(code.body)].find((stmt) => sameSpan(stmt.span, facts.statement));
  const assigned = holder?.kind === 'assign' ? holder.targets.flatMap(boundNames) : [];
  const stored = facts.stores.map((store) => store.name.split('.')[0] ?? store.name);
  const names = [...facts.liveOut, ...facts.accumulators.map((one) => one.name), ...stored, ...assigned];
  return [...new Set(names)].filter(
    (name) => name !== 'self' && !name.includes('.') && !facts.privates.includes(name) && !facts.indices.includes(name),
  );
}

/** The outermost statement that lines can be put before for something that holds during the loop: the loop's own. Null where it shares its line. */
export function placeBefore(facts: LoopFacts, code: Code, cx: Context): Step | null {
  const steps = stepsTo(code.body, facts.ir.span);
  const own =
    facts.ir.form === 'for' || facts.ir.form === 'while' ? steps.findIndex(({ stmt }) => sameSpan(stmt.span, facts.ir.span)) : steps.length - 1;
  const step = steps[own];
  return step && startsLine(step.stmt, cx, code.file) ? step : null;
}

/** Nothing stands before it on its line, and it is not the `elif` of another statement. */
export function startsLine(stmt: Stmt, cx: Context, file: string): boolean {
  const { start } = stmt.span;
  const before = cx.slice(file, { start: { line: start.line, character: 0 }, end: start });
  const word = cx.slice(file, { start, end: { line: start.line, character: start.character + 4 } });
  return before.trim() === '' && !(stmt.kind === 'if' && word === 'elif');
}

export function linesBefore(step: Step, lines: readonly string[], cx: Context, file: string): Edit {
  const at: Position = { line: step.stmt.span.start.line, character: 0 };
  const indent = cx.indentAt(file, at.line);
  return cx.insert(file, at, lines.map((line) => `${indent}${line}\n`).join(''));
}

/** Lines after a statement, at its own indentation; they count as part of what the statement stands in. */
export function linesAfter(stmt: Stmt, lines: readonly string[], cx: Context, file: string): Edit {
  const { start, end } = stmt.span;
  const indent = cx.indentAt(file, start.line);
  const last = end.character === 0 && end.line > start.line ? end.line - 1 : end.line;
  const text = (cx.text(file).split('\n')[last] ?? '').replace(/\r$/, '');
  return cx.insert(file, { line: last, character: text.length }, lines.map((line) => `\n${indent}${line}`).join(''));
}

/** A statement added after one that may share its line with others (`if x: xs.append(x)`). */
export function statementAfter(stmt: Stmt, text: string, cx: Context, file: string): Edit {
  return startsLine(stmt, cx, file) && endsLine(stmt, cx, file) ? linesAfter(stmt, [text], cx, file) : cx.insert(file, stmt.span.end, `; ${text}`);
}

export function endsLine(stmt: Stmt, cx: Context, file: string): boolean {
  const { end } = stmt.span;
  const line = cx.text(file).split('\n')[end.line] ?? '';
  return /^\s*(#.*)?$/.test(line.slice(end.character));
}

/** Values that cost nothing to ask for twice and are the same the second time. */
export function isRepeatable(expr: Expr): boolean {
  switch (expr.kind) {
    case 'name':
    case 'number':
    case 'string':
    case 'constant':
      return true;
    case 'attribute':
      return isRepeatable(expr.object);
    case 'subscript':
      return expr.index.kind !== 'slice' && isRepeatable(expr.object) && isRepeatable(expr.index);
    case 'collection':
      return expr.type === 'tuple' && expr.items.every(isRepeatable);
    case 'unary':
      return isRepeatable(expr.operand);
    case 'binary':
      return isRepeatable(expr.left) && isRepeatable(expr.right);
    case 'format':
      return expr.parts.every(isRepeatable);
    default:
      return false;
  }
}

/** Written alike, wherever they stand. */
export function keyOf(expr: Expr): string {
  return JSON.stringify(expr, (key, value: unknown) => (key === 'span' || key === 'statement' ? undefined : value));
}

/** A name for something made from a place: `vocab` -> `vocab_set`, `self.items` -> `items_set`, `STOP_WORDS` -> `stop_words_set`. */
export function derivedName(place: string, suffix: string, cx: Context, file: string): string {
  const last = place.slice(place.lastIndexOf('.') + 1).replace(/^_+/, '');
  const base = last === last.toUpperCase() ? last.toLowerCase() : last;
  return cx.freshName(`${base || 'items'}_${suffix}`, file);
}

/** `queue: list[int] = ...` says something else once it is another type: the edit of the annotation, where there is one. */
export function annotationEdit(stmt: Stmt & { kind: 'assign' }, type: string, cx: Context, file: string): Edit[] {
  const [target] = stmt.targets;
  if (!target) return [];
  const between = { start: target.span.end, end: stmt.value.span.start };
  const match = /^(\s*:\s*)(?:typing\.)?[lL]ist\b/.exec(cx.slice(file, between));
  if (!match) return [];
  const at = { line: between.start.line, character: between.start.character + (match[1] ?? '').length };
  return [cx.edit(file, { start: at, end: { line: at.line, character: between.start.character + match[0].length } }, type)];
}

/** Takes a statement away that has its lines to itself. */
export const removedLines = ({ span }: Stmt, cx: Context, file: string): Edit =>
  cx.edit(file, { start: { line: span.start.line, character: 0 }, end: { line: span.end.line + 1, character: 0 } }, '');
