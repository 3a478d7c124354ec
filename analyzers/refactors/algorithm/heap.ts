import type { Edit, Expr, FunctionFacts, LoopFacts, Span, Stmt } from '../../types';
import { ok, refuse, type Outcome } from '../../platform/result';
import { dottedName } from '../../syntax/python-loops';
import { childExprs, eachExpr, eachStmt, nestedBlocks, stmtExprs } from '../../syntax/python-walk';
import type { Code } from './code';
import { namedItem } from './companion';
import { keyOf, linesAfter, removedLines } from './edit';
import { standsAlone } from './gather';
import { entriesBy } from './heap-entries';
import { isAsked, wholeOf, type Whole } from './retype';
import { isNew } from './stays';
import { typeOf } from './types';
import type { Context } from '../refactor';

type Call = Expr & { kind: 'call' };
type Lambda = Expr & { kind: 'lambda' };
/** One place that takes the smallest item: two statements, `sort` and `pop(0)` or `min` and `remove`, of which one goes. */
interface Taking {
  place: string;
  taken: Call;
  dropped: Stmt;
  costly: Stmt[];
  /** `key=lambda task: task.deadline` */
  key: Lambda | null;
}
export interface HeapPlan {
  place: string;
  edits: Edit[];
  assumptions: string[];
  /** What walked over the whole list. */
  costly: Stmt[];
}

const isZero = (expr: Expr | undefined): boolean => expr?.kind === 'number' && expr.text === '0';

/** `items.method(...)` as a call on a plain place. */
function methodCall(expr: Expr | undefined, method: string): { place: string; call: Call } | null {
  if (expr?.kind !== 'call' || expr.callee.kind !== 'attribute' || expr.callee.attribute !== method) return null;
  const place = dottedName(expr.callee.object);
  return place === null ? null : { place, call: expr };
}

/** Lists from which statements take the smallest item again and again. */
export function takingsIn(body: readonly Stmt[], file: string, cx: Context): Taking[] {
  const found: Taking[] = [];
  const visit = (block: readonly Stmt[]): void => {
    block.forEach((stmt, index) => {
      const next = block[index + 1];
      if (next) found.push(...(takingOf(stmt, next, file, cx) ?? []));
    });
  };
  visit(body);
  for (const stmt of eachStmt(body)) for (const block of blocksOf(stmt)) visit(block);
  return found;
}

const blocksOf = (stmt: Stmt): Stmt[][] => (stmt.kind === 'if' ? [stmt.then, stmt.otherwise] : stmt.kind === 'loop' ? [stmt.loop.body] : stmt.kind === 'with' ? [stmt.body] : stmt.kind === 'try' ? [stmt.body] : []); // prettier-ignore

/** An expression and the parts of it that are evaluated once whenever it is. */
function surelyEvaluated(expr: Expr): Expr[] {
  const parts = /^(call|binary|unary|subscript|attribute|collection|format|compare)$/.test(expr.kind) ? childExprs(expr) : [];
  // A chain of comparisons may end early.
  const sure = expr.kind === 'compare' ? parts.slice(0, 2) : parts;
  return [expr, ...sure.flatMap(surelyEvaluated)];
}

function takingOf(stmt: Stmt, next: Stmt, file: string, cx: Context): Taking[] | null {
  // items.sort(), then first = items.pop(0)
  const sorted = stmt.kind === 'expression' ? methodCall(stmt.value, 'sort') : null;
  const order = sorted === null ? undefined : keyOfCall(sorted.call, 0);
  if (sorted !== null && order !== undefined) {
    const { place } = sorted;
    const uses = stmtExprs(next).flatMap((top) => [...eachExpr(top)].filter((expr) => dottedName(expr) === place));
    const popped = stmtExprs(next)
      .flatMap(surelyEvaluated)
      .find((expr) => methodCall(expr, 'pop')?.place === place);
    if (popped?.kind === 'call' && uses.length === 1 && popped.args.length === 1 && isZero(popped.args[0]) && nestedBlocks(next).length === 0)
      return [{ place, taken: popped, dropped: stmt, costly: [stmt, next], key: order }];
  }
  // first = min(items), then items.remove(first)
  const [name] = stmt.kind === 'assign' && stmt.targets.length === 1 ? stmt.targets : [];
  const removed = next.kind === 'expression' ? methodCall(next.value, 'remove') : null;
  if (stmt.kind === 'assign' && name?.kind === 'name' && removed !== null && stmt.value.kind === 'call') {
    const { value } = stmt;
    const [list] = value.args;
    const [item] = removed.call.args;
    const smallest = cx.resolve(value.callee, file, value.span.start) === 'builtins.min' ? keyOfCall(value, 1) : undefined;
    if (smallest !== undefined && list && dottedName(list) === removed.place && item?.kind === 'name' && item.name === name.name)
      return [{ place: removed.place, taken: value, dropped: next, costly: [stmt, next], key: smallest }];
  }
  return null;
}

/** By what a call orders items: null for the items themselves, undefined where that is not plain to see. */
function keyOfCall({ args, keywords }: Call, given: number): Lambda | null | undefined {
  const [key, another] = keywords;
  if (args.length !== given || another) return undefined;
  if (!key) return null;
  const plain = key.name === 'key' && key.value.kind === 'lambda' && key.value.params.length === 1;
  return plain && key.value.kind === 'lambda' ? key.value : undefined;
}

/** All uses of the list, as a heap: what is put in, and what takes the smallest out. */
export function planHeap(place: string, takings: readonly Taking[], facts: LoopFacts | FunctionFacts, code: Code, cx: Context): Outcome<HeapPlan> {
  const whole = wholeOf(place, code, cx);
  if (!whole.ok) return whole;
  const heapq = cx.importName(code.file, 'heapq').written;
  const edits: Edit[] = [];
  const types: (string | undefined)[] = [];
  const every = takings.length > 0 ? allTakings(whole.value, cx) : [];
  const [first] = takings;
  const keys = new Set(every.map(({ taking }) => (taking.key === null ? '' : keyOf(taking.key))));
  if (keys.size > 1) return other(place, every[0]?.taking.taken.span);
  const keyed = first?.key ? entriesBy(first.key, place, whole.value, code, cx) : null;
  if (keyed?.ok === false) return keyed;
  for (const { use, role, code: inner, place: written } of whole.value.uses) {
    const { stmt } = use;
    const part = every.find(({ taking }) => taking.costly.includes(stmt));
    if (part !== undefined) continue;
    if (isAsked(role) && (keyed === null || role.kind !== 'member')) continue;
    const put = role.kind === 'method' && role.method === 'append' ? role.call : null;
    const [item] = put?.args ?? [];
    if (put !== null && item && put.args.length === 1 && stmt.kind === 'expression' && stmt.value === put) {
      const named = keyed === null ? { name: cx.slice(inner.file, item.span), edits: [] } : namedItem({ item, stmt, code: inner }, place, cx);
      if (named === null) return other(place, stmt.span);
      types.push(typeOf(item, inner.body === code.body ? facts : { file: inner.file, values: {} }, inner, cx)?.type ?? classOf(item, inner));
      const entry = keyed === null ? named.name : keyed.value.entry(named.name);
      edits.push(...named.edits.slice(0, 1), cx.edit(inner.file, put.span, `${heapq}.heappush(${written}, ${entry})`));
      continue;
    }
    if (role.kind === 'assigned' && stmt.kind === 'assign' && stmt.targets.length === 1 && use.parents.length === 0 && isNew(stmt.value, inner, cx)) {
      const { value } = stmt;
      const ordered = (value.kind === 'collection' && value.type === 'list' && value.items.length <= 1 && value.items.every(({ kind }) => kind !== 'spread')) || (keyed === null && isCallOf(value, 'builtins.sorted', inner, cx)); // prettier-ignore
      if (typeOf(value, { file: inner.file, values: {} }, inner, cx)?.type === 'list' && (ordered || standsAlone(stmt, cx, inner.file))) {
        if (keyed !== null && !isEmptyList(value)) edits.push(cx.edit(inner.file, value.span, keyed.value.list(cx.slice(inner.file, value.span), inner))); // prettier-ignore
        if (!ordered) edits.push(linesAfter(stmt, [`${heapq}.heapify(${written})`], cx, inner.file));
        continue;
      }
    }
    return other(place, use.expr.span);
  }
  for (const { taking, code: inner } of every) {
    if (!standsAlone(taking.dropped, cx, inner.file)) return other(place, taking.dropped.span);
    edits.push(
      cx.edit(inner.file, taking.taken.span, `${heapq}.heappop(${taking.place})${keyed === null ? '' : '[2]'}`),
      removedLines(taking.dropped, cx, inner.file),
    );
  }
  if (first === undefined || every.length === 0) return other(place, code.owner?.span);
  const imported = cx.importName(code.file, 'heapq').edit;
  const list: Expr = { kind: 'name', name: place, span: first.taken.span };
  const told = [...types, ...(typeOf(list, facts, code, cx)?.elements ?? [])].find((type) => type !== undefined && !UNCHANGED.test(type));
  if (told !== undefined && keyed === null) return refuse('told-apart', `\`${place}\` holds objects of type ${told}, which may compare equal and yet differ, or change while they wait: a heap hands such items out in another order.`, 'Put tuples in: what they are sorted by, a running number, and the object.', first.taken.span); // prettier-ignore
  const unsure = every.filter(({ taking, code: inner }) => !isAskedBefore(taking, inner.body));
  const caught = unsure.find(({ taking, code: inner }) => isCaught(taking, inner.body));
  if (caught) return refuse('caught-error', `The error for an empty \`${place}\` may be caught (line ${caught.taking.taken.span.start.line + 1}), and a heap raises another one.`, `Ask whether \`${place}\` is empty before.`, caught.taking.taken.span); // prettier-ignore
  const assumptions = [...(unsure.length > 0 ? [`\`${place}\` is not empty where an item is taken: a heap raises another error then.`] : []), ...(keyed === null ? tieAssumptions(place, list, facts, code, cx) : keyed.value.assumptions)]; // prettier-ignore
  return ok({
    place,
    edits: [...(imported ? [imported] : []), ...(keyed?.value.edits ?? []), ...edits],
    assumptions,
    costly: every.flatMap(({ taking }) => taking.costly),
  });
}

const isEmptyList = (value: Expr): boolean => value.kind === 'collection' && value.items.length === 0;

const classOf = (item: Expr, { module }: Code): string | undefined => {
  const name = item.kind === 'call' && item.callee.kind === 'name' ? item.callee.name : null;
  return module.classes.find(({ qualname }) => qualname === name)?.qualname;
};

const holds = (stmt: Stmt, { taken }: Taking): boolean =>
  [...eachStmt([stmt])].some((one) => stmtExprs(one).some((top) => [...eachExpr(top)].includes(taken)));

/** A loop or a branch around it asks how much the list holds. */
function isAskedBefore(taking: Taking, body: readonly Stmt[]): boolean {
  const asks = (test: Expr): boolean => [...eachExpr(test)].some((expr) => dottedName(expr) === taking.place);
  return [...eachStmt(body)].some((stmt) => {
    const test = stmt.kind === 'if' ? stmt.test : stmt.kind === 'loop' && stmt.loop.space.kind === 'while' ? stmt.loop.space.test : null;
    return test !== null && asks(test) && holds(stmt, taking);
  });
}

const isCaught = (taking: Taking, body: readonly Stmt[]): boolean => [...eachStmt(body)].some((stmt) => stmt.kind === 'try' && holds(stmt, taking));

const isCallOf = (expr: Expr, path: string, code: Code, cx: Context): boolean => expr.kind === 'call' && expr.keywords.length === 0 && cx.resolve(expr.callee, code.file, expr.span.start) === path; // prettier-ignore

const other = (place: string, span: Span | undefined): { ok: false; refusal: ReturnType<typeof refuse>['refusal'] } =>
  refuse('other-changes', `\`${place}\` is used in more ways than putting items in and taking the smallest${span ? ` (line ${span.start.line + 1})` : ''}.`, 'Use the heapq module by hand.', span); // prettier-ignore

/** The takings in all the code that uses the list. */
function allTakings({ uses }: Whole, cx: Context): { taking: Taking; code: Code }[] {
  const codes = [...new Map(uses.map(({ code, place }) => [code.body, { code, place }])).values()];
  return codes.flatMap(({ code, place }) =>
    takingsIn(code.body, code.file, cx)
      .filter((taking) => taking.place === place)
      .map((taking) => ({ taking, code })),
  );
}

/** Values that compare equal only where nothing tells them apart, and that nobody can change while they wait. */
const PLAIN = /^(int|str|bytes)$/;
const UNCHANGED =
  /^(int|float|bool|complex|str|bytes|tuple|NoneType|Decimal|decimal\.Decimal|Fraction|fractions\.Fraction|(datetime\.)?(date|datetime|timedelta|time))$/;

/** A heap gives back equal items in another order than a sorted list, and is led astray by what compares with nothing. */
export function tieAssumptions(place: string, list: Expr, facts: Pick<LoopFacts, 'file' | 'values'>, code: Code, cx: Context): string[] {
  const elements = typeOf(list, facts, code, cx)?.elements ?? [];
  // An empty list was seen when all was taken out; and of numbers of two types some are equal, and yet differ.
  const floats = elements.length === 0 || elements.some((type) => /float|tuple/.test(type));
  const plain = elements.length === 1 && elements.every((type) => PLAIN.test(type));
  return [
    ...(floats ? [`No NaN is put into \`${place}\`.`] : []),
    ...(plain ? [] : [`What compares equal in \`${place}\` is the same to the program.`]),
  ];
}
