/** A loop of a coroutine that asks for one thing at a time, and what its new forms have in common. */
import type { Expr, FunctionIR, LoopIR, Refusal, Span, Stmt } from '../../types';
import { lineOf, within } from '../../platform/span';
import { ok, refuse, type Outcome } from '../../platform/result';
import { boundNames, eachExpr, eachStmt, nestedBlocks, stmtExprs } from '../../syntax/python-walk';
import type { EditMatch } from '../algorithm/edit';
import { type Independence } from './independence';
import type { Call } from './known-calls';
import { isOwn } from './ownership';
import type { Context } from '../refactor';
import { isStable } from '../task/hoist';
import { namesOf } from '../task/names';

/** So many wait at once, where the number of items is larger or not known. */
export const AT_ONCE = 100;

export interface SerialLoop {
  file: string;
  owner: FunctionIR;
  ir: LoopIR;
  statement: Span;
  depth: number;
  /** Qualified types of names around it, where known. */
  types: Readonly<Record<string, string | undefined>>;
}
/** The await or the blocking call that an expression is; null where it is none. */
export type Find = (expr: Expr) => { call: Call; text: string } | null;

/** How the items of the loop are written where they are walked over a second time, beside the answers; a refusal where they are gone by then. */
export function pairedWith({ ir, owner, file }: SerialLoop, cx: Context): Outcome<{ item: string; items: string; assumptions: string[] }> {
  const items = cx.slice(file, ir.space.span);
  const target = ir.target ? cx.slice(file, ir.target.span) : '_';
  if (!isStable(ir.space) && !isLiteral(ir.space)) return refuse('one-time-items', `The loop needs each item again beside its answer, but \`${items}\` can be walked over only once.`, 'Make a list of it first.', ir.space.span); // prettier-ignore
  if (consumed(ir.space, owner, cx)) return refuse('one-time-items', `The loop needs each item again beside its answer, but \`${items}\` is gone after the first walk.`, 'Make a list of it first.', ir.space.span); // prettier-ignore
  const item = ir.target?.kind === 'collection' ? `(${target.replace(/^\((.*)\)$/s, '$1')})` : target;
  return ok({ item, items, assumptions: ir.space.kind === 'range' || isLiteral(ir.space) ? [] : [`\`${items}\` can be walked over twice.`] });
}

const isLiteral = (space: LoopIR['space']): boolean => space.kind === 'sequence' && space.value.kind === 'collection';

/** The text says that it is a generator or an iterator. */
function consumed(space: LoopIR['space'], owner: FunctionIR, cx: Context): boolean {
  if (space.kind === 'enumerate' || space.kind === 'reversed') return consumed(space.of, owner, cx);
  if (space.kind === 'zip') return space.parts.some((part) => consumed(part, owner, cx));
  if (space.kind !== 'sequence' || space.value.kind !== 'name') return false;
  const { name } = space.value;
  const given = [...cx.syntax(owner.file).body, ...eachStmt(owner.body)].flatMap((one) =>
    one.kind === 'assign' && one.targets.some((target) => boundNames(target).includes(name)) ? [one.value] : [],
  );
  return given.some((value) => {
    if (value.kind === 'loop') return value.loop.sink?.type === 'generator' && value.loop.sink.consumer === null;
    if (value.kind === 'subscript' || value.kind === 'name' || value.kind === 'attribute') return false;
    if (value.kind !== 'call') return value.kind !== 'collection' && value.kind !== 'dict' && value.kind !== 'binary' && value.kind !== 'await';
    return !/^builtins\.(list|tuple|range|sorted|dict|set)$/.test(cx.resolve(value.callee, owner.file, value.span.start) ?? '');
  });
}

/** How many trips the text says; NaN where it does not. */
export function countOf({ space }: LoopIR): number {
  const number = (expr: Expr | null): number => (expr === null ? 0 : expr.kind === 'number' ? Number(expr.text.replaceAll('_', '')) : NaN);
  if (space.kind === 'range') return space.step === null ? Math.max(0, number(space.stop) - number(space.start)) : NaN;
  return space.kind === 'sequence' && space.value.kind === 'collection' ? space.value.items.length : NaN;
}

/** Are names of the loop's target read elsewhere than in what is asked for and in the loop's own head? */
export function readsTarget({ ir, owner }: SerialLoop, asked: (expr: Expr) => boolean): boolean {
  const { target } = ir;
  const names = target ? boundNames(target) : [];
  return [...eachStmt(owner.body)].some((stmt) => {
    const heads = new Set<Expr>(stmt.kind === 'assign' ? stmt.targets : stmt.kind === 'loop' && stmt.loop.target ? [stmt.loop.target] : []);
    const exprs = stmtExprs(stmt).filter((expr) => !heads.has(expr) || expr.kind !== 'name').flatMap((expr) => [...eachExpr(expr)]); // prettier-ignore
    return exprs.some((expr) => expr.kind === 'name' && names.includes(expr.name) && !asked(expr) && !(target && within(expr.span, target.span)));
  });
}

const GATHERS = new Set(['append', 'add', 'extend', 'update', 'setdefault']);

/** Why statements that stay in the loop cannot come after all the calls; null where they can. `asked`: everything that is evaluated for the calls. */
export function whyNotLater(statements: readonly Stmt[], asked: readonly Expr[], skip: ReadonlySet<Expr>, serial: SerialLoop, judge: Independence, cx: Context): Refusal | null {
  const { ir, owner, file, depth, types } = serial;
  const read = namesOf({ exprs: asked }).reads;
  const changes = (target: Expr, span: Span): Refusal | null => {
    const name = target.kind === 'name' ? target.name : null;
    if (name !== null && !read.has(name) && isOwn(name, owner, ir.span, depth > 0, cx)) return null;
    return { code: 'shared-state', why: `The loop changes \`${cx.slice(file, target.span)}\` (${lineOf(span)}), which a later call may see.`, toDo: 'Collect the results in a new list or dictionary of this function first.', span };
  };
  for (const stmt of eachStmt(statements)) {
    if (stmt.kind === 'opaque' || stmt.kind === 'scope') return { code: 'unknown-call', why: `What ${lineOf(stmt.span)} does cannot be judged.`, toDo: 'Check that the calls do not need each other, and gather them by hand.', span: stmt.span };
    const targets = stmt.kind === 'assign' ? stmt.targets : stmt.kind === 'augment' ? [stmt.target] : [];
    for (const target of targets) {
      const object = target.kind === 'subscript' || target.kind === 'attribute' ? target.object : stmt.kind === 'augment' ? target : null;
      const no = object && !isOtherField(target, ir, asked, judge) ? changes(object, stmt.span) : null;
      if (no) return no;
    }
    for (const expr of stmtExprs(stmt).flatMap((each) => [...eachExpr(each)])) {
      if (skip.has(expr) || expr.kind !== 'call') continue;
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

/** `item.price = await ask(item.name)`: no call looks at the field that is stored. */
function isOtherField(target: Expr, { target: bound }: LoopIR, asked: readonly Expr[], judge: Independence): boolean {
  const item = bound?.kind === 'name' ? bound.name : null;
  const field = fieldOf(target, item);
  if (field === null || judge.mentions(field)) return false;
  const others = new Set(asked.flatMap((expr) => {
    const read = fieldOf(expr, item);
    return read !== null && read !== field && (expr.kind === 'attribute' || expr.kind === 'subscript') ? [expr.object] : [];
  })); // prettier-ignore
  return asked.every((expr) => expr.kind !== 'name' || expr.name !== item || others.has(expr));
}

/** The field of the object, or the text of the key, that an expression names. */
function fieldOf(expr: Expr, item: string | null): string | null {
  if ((expr.kind !== 'attribute' && expr.kind !== 'subscript') || expr.object.kind !== 'name' || expr.object.name !== item) return null;
  if (expr.kind === 'attribute') return expr.attribute;
  return expr.index.kind === 'string' ? expr.index.text.slice(1, -1) : null;
}

/** The empty line that a function inside of a block wants above itself. */
export function gapAbove({ file, statement }: SerialLoop, cx: Context): string[] {
  const above = (cx.text(file).split('\n')[statement.start.line - 1] ?? '').trim();
  return above === '' || above.endsWith(':') ? [] : [''];
}

export interface Rewritten {
  title: string;
  edits: EditMatch['edits'];
  assumptions: string[];
  threads?: boolean;
  /** Names that the edited function no longer has. */
  gone?: readonly string[];
}

export function matched(
  { ir, owner, file, statement }: SerialLoop,
  { title, edits, assumptions, threads, gone = [] }: Rewritten,
): Outcome<EditMatch> {
  const assigned = [...eachStmt(owner.body)].find((one) => one.kind === 'assign' && within(ir.span, one.span) && within(one.span, statement));
  const items = ir.space.kind === 'sequence' && ir.space.value.kind === 'name' && ir.body.some(storesField) ? [ir.space.value.name] : [];
  const changed =
    ir.form === 'for' ? [...ir.body.flatMap(changedBy), ...items] : assigned?.kind === 'assign' ? assigned.targets.flatMap(boundNames) : [];
  const most = Math.min(threads ? AT_ONCE / 10 : AT_ONCE, countOf(ir) || AT_ONCE);
  return ok({
    file,
    region: statement,
    captures: [...new Set(changed)].filter((name) => !gone.includes(name)),
    title,
    cost: { kind: 'factor', low: 1.5, high: Math.max(2, most) },
    assumptions,
    guarded: false,
    tolerance: 0,
    requires: [],
    workers: null,
    edits,
  });
}

const storesField = (stmt: Stmt): boolean => stmt.kind === 'assign' && stmt.targets.some(({ kind }) => kind === 'attribute' || kind === 'subscript');

function changedBy(stmt: Stmt): string[] {
  const inner = nestedBlocks(stmt).flat().flatMap(changedBy);
  const targets = stmt.kind === 'assign' ? stmt.targets : stmt.kind === 'augment' ? [stmt.target] : [];
  const stored = targets.flatMap((target) => (target.kind === 'subscript' && target.object.kind === 'name' ? [target.object.name] : boundNames(target)));
  const value = stmt.kind === 'expression' && stmt.value.kind === 'call' && stmt.value.callee.kind === 'attribute' ? stmt.value.callee.object : null;
  return [...inner, ...stored, ...(value?.kind === 'name' ? [value.name] : [])];
} // prettier-ignore
