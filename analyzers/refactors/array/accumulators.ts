import type { BinaryOp, Expr, LoopIR, Stmt } from '../../types';
import { addUpdate } from './accumulation';
import type { Draft, Scope } from './draft';
import { lower } from './expressions';
import { readElsewhere, runningExtreme } from './running';
import { namesOf, type Trips } from './spaces';

/** `s = s + e`, `s = e + s`, `m = max(m, e)`. */
export function selfUpdate(name: string, value: Expr): { op: BinaryOp | 'min' | 'max'; value: Expr } | null {
  const isSelf = (expr: Expr | undefined): boolean => expr?.kind === 'name' && expr.name === name;
  if (value.kind === 'binary') {
    if (isSelf(value.left)) return { op: value.op, value: value.right };
    if (isSelf(value.right) && (value.op === '+' || value.op === '*')) return { op: value.op, value: value.left };
  }
  if (value.kind === 'call' && value.callee.kind === 'name' && (value.callee.name === 'min' || value.callee.name === 'max')) {
    const [first, second] = value.args;
    if (value.args.length === 2 && isSelf(first) && second) return { op: value.callee.name, value: second };
  }
  return null;
}

/** `update`: the whole statement, an `if` included. `blocks`: the trips are done block by block. */
export function addExtreme(
  name: string,
  op: 'min' | 'max',
  value: Expr,
  strict: boolean,
  statement: Stmt,
  scope: Scope,
  draft: Draft,
  update: Stmt,
  blocks: boolean,
): void {
  const lane = lower(value, draft, scope);
  const apart = !blocks && draft.nest === null && draft.facts.ir.body.includes(update) && readElsewhere(name, update, draft.facts.ir.body);
  const running = apart ? runningExtreme(name, op, lane, statement, scope, draft) : null;
  if (running) {
    scope.env.set(name, running);
    return;
  }
  addUpdate({ name, op, value: lane, mask: scope.mask, from: statement.span, strict }, draft);
}

/** `if e > best: best = e`, and what else the `if` keeps of the trip that had it. */
export interface Extreme {
  op: 'min' | 'max';
  strict: boolean;
  item: Expr;
  best: Kept;
  others: Kept[];
}

/** null: the `if` does something else. `text`: the source of an expression. */
export function extremeIn(statement: Stmt & { kind: 'if' }, text: (expr: Expr) => string): Extreme | null {
  const { test, then, otherwise } = statement;
  const [part, ...parts] = test.kind === 'compare' ? test.rest : [];
  const kept = keptNames(then);
  if (test.kind !== 'compare' || !part || parts.length > 0 || otherwise.length > 0 || !kept) return null;
  const sides = [test.first, part.right].map((side) => kept.find((one) => side.kind === 'name' && side.name === one.name));
  const best = sides[0] ?? sides[1];
  const flip = sides[0] !== undefined;
  const item = flip ? part.right : test.first;
  if (!best || (sides[0] && sides[1]) || text(item) !== text(best.value)) return null;
  const greater = part.op === '>' || part.op === '>=';
  if (!greater && part.op !== '<' && part.op !== '<=') return null;
  const op = greater !== flip ? 'max' : 'min';
  return { op, strict: part.op === '>' || part.op === '<', item, best, others: kept.filter((one) => one !== best) };
}

/** An `if` that keeps an extreme, and what else it keeps is of the trip that had it. */
export function asExtreme(statement: Stmt & { kind: 'if' }, scope: Scope, draft: Draft, trips: Trips, blocks: boolean): boolean {
  const found = extremeIn(statement, (expr) => draft.cx.slice(scope.file, expr.span));
  if (!found || [found.best, ...found.others].some((one) => scope.env.has(one.name))) return false;
  const { op, strict, item, best, others } = found;
  if (others.length === 0) {
    addExtreme(best.name, op, item, strict, best.statement, scope, draft, statement, blocks);
    return true;
  }
  if (scope.mask !== null) return false;
  const value = lower(item, draft, scope);
  const picks = others.map((one) => {
    const source = one.value.kind === 'name' ? one.value.name : null;
    // An index is told by where the extreme stands: it needs no array.
    const kept = tupleOfIndices(one.value, scope, trips, blocks || draft.nest !== null);
    if (kept) return { name: one.name, source: null, value: null, tuple: kept };
    const isIndex = !blocks && draft.nest === null && trips.axes.some((axis) => axis.name === source && axis.step === 1);
    return { name: one.name, source, value: isIndex ? null : lower(one.value, draft, scope) };
  });
  addUpdate({ name: best.name, op, value, mask: null, from: statement.span, strict, picks }, draft);
  return true;
}

/** `(i, j)` of plain names and numbers, of which the loop's own index is told by where the extreme stands; null: another value. */
function tupleOfIndices(value: Expr, scope: Scope, trips: Trips, apart: boolean): { index: string | null; code: string }[] | null {
  if (value.kind !== 'collection' || value.type !== 'tuple' || apart) return null;
  const items = value.items.map((item) => {
    if (item.kind === 'number') return { index: null, code: item.text };
    if (item.kind !== 'name') return null;
    if (trips.axes.some((axis) => axis.name === item.name && axis.step === 1)) return { index: item.name, code: item.name };
    return scope.env.has(item.name) || scope.written.has(item.name) ? null : { index: null, code: item.name };
  });
  return items.every((item) => item !== null) ? items : null;
}

interface Kept {
  name: string;
  value: Expr;
  statement: Stmt;
}

/** The plain assignments that a body consists of; null where it does anything else. */
function keptNames(body: readonly Stmt[]): Kept[] | null {
  const kept: Kept[] = [];
  for (const statement of body) {
    const [target, ...more] = statement.kind === 'assign' ? statement.targets : [];
    if (statement.kind !== 'assign' || !target || more.length > 0) return null;
    const { value } = statement;
    const pairs =
      target.kind === 'collection' && value.kind === 'collection' && target.items.length === value.items.length
        ? target.items.map((one, index) => [one, value.items[index]] as const)
        : [[target, value] as const];
    for (const [one, given] of pairs) {
      if (one.kind !== 'name' || !given) return null;
      kept.push({ name: one.name, value: given, statement });
    }
  }
  const names = new Set(kept.map((one) => one.name));
  const apart = kept.every((one) => ![...namesOf(one.value)].some((name) => names.has(name)));
  return apart && names.size === kept.length ? kept : null;
}

/** A loop that only looks for an extreme: what it computes in each trip, and the `if`. */
export interface Picking {
  steps: { name: string; value: Expr; statement: Stmt }[];
  statement: Stmt & { kind: 'if' };
}

/** null: the loop does something else. */
export function pickingOf(loop: LoopIR): Picking | null {
  const last = loop.body[loop.body.length - 1];
  if (last?.kind !== 'if' || loop.otherwise.length > 0 || loop.form !== 'for' || loop.async) return null;
  const steps = loop.body.slice(0, -1).map((statement) => {
    const [target, ...more] = statement.kind === 'assign' ? statement.targets : [];
    return statement.kind === 'assign' && target?.kind === 'name' && more.length === 0
      ? { name: target.name, value: statement.value, statement }
      : null;
  });
  const plain = steps.flatMap((step) => step ?? []);
  const keeps = extremeIn(last, (expr) => JSON.stringify(expr, (key, value: unknown) => (key === 'span' ? undefined : value)));
  return keeps && plain.length === steps.length ? { steps: plain, statement: last } : null;
}

/** One statement that adds to a name or place in every trip. */
export interface Adding {
  target: Expr;
  value: Expr;
  statement: Stmt;
}

/** `total += value` as all that a loop does; null: it does something else. */
export function addingOf(loop: LoopIR): Adding | null {
  const [only, ...others] = loop.body;
  if (!only || others.length > 0 || loop.otherwise.length > 0) return null;
  if (only.kind === 'augment') return only.op === '+' ? { target: only.target, value: only.value, statement: only } : null;
  const [target, ...more] = only.kind === 'assign' ? only.targets : [];
  if (only.kind !== 'assign' || target?.kind !== 'name' || more.length > 0) return null;
  const update = selfUpdate(target.name, only.value);
  return update?.op === '+' ? { target, value: update.value, statement: only } : null;
}
