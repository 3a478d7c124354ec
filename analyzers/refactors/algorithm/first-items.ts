import type { Edit, Expr, FunctionFacts, LoopFacts, Stmt } from '../../types';
import { ok, refuse, type Outcome } from '../../platform/result';
import { dottedName } from '../../syntax/python-loops';
import { eachExpr, eachStmt, stmtExprs } from '../../syntax/python-walk';
import { isParameter, stepsTo, usesOf, valuesGiven, type Code } from './code';
import { placesOf, savingCost } from './cost';
import { keyOf, type Draft } from './edit';
import { standsAlone } from './gather';
import { roleOf } from './roles';
import { isOwned } from './stays';
import { typeOf } from './types';
import type { Context } from '../refactor';

type Call = Expr & { kind: 'call' };
type Values = Pick<LoopFacts, 'file' | 'values'>;
/** A sorted list of which only the first items are wanted: one of them, or as many as `count` says. */
interface Sorting {
  /** What is replaced. */
  whole: { span: Expr['span'] };
  /** In front of what takes its place: `distances = `. */
  given: string;
  items: Expr;
  key: Expr | null;
  reverse: boolean;
  wanted: { kind: 'first' } | { kind: 'last' } | { kind: 'some'; count: Expr };
}

/** Walking over all items once takes about so much of the time of sorting a few thousand of them. */
const LEFT = 0.35;

/** Lists that are sorted for their first items. Refuses 'caught' and 'told-apart'. */
export function planFirstItems(
  exprs: readonly Expr[],
  body: readonly Stmt[],
  facts: LoopFacts | FunctionFacts,
  code: Code,
  cx: Context,
): Outcome<Draft> | undefined {
  const found = [
    ...exprs.flatMap((expr) => taken(expr, code, cx) ?? []),
    ...[...eachStmt(body)].flatMap((stmt) => namedSorting(stmt, code, cx) ?? []),
  ];
  const edits: Edit[] = [];
  const assumptions: string[] = [];
  const done: Sorting[] = [];
  let refusal: Outcome<never> | undefined;
  for (const one of found) {
    const hopes = hopesOf(one, facts, code, cx);
    if (!hopes.ok) {
      refusal ??= hopes;
      continue;
    }
    const { text, imported } = replacement(one, code, cx);
    if (imported !== null && !edits.some(({ newText }) => newText === imported.newText)) edits.unshift(imported);
    edits.push(cx.edit(code.file, one.whole.span, `${one.given}${text}`));
    assumptions.push(...hopes.value);
    done.push(one);
  }
  const [first] = done;
  if (first === undefined) return refusal;
  const cost = savingCost(facts.hotspot, placesOf(done.map(({ whole }) => whole), code), LEFT, cx); // prettier-ignore
  return ok({ title: `Take the first of \`${cx.slice(code.file, first.items.span).slice(0, 40)}\` without sorting all`, edits, cost, assumptions });
}

/** `sorted(items)[0]`, `sorted(items)[:k]` */
function taken(expr: Expr, code: Code, cx: Context): Sorting | null {
  if (expr.kind !== 'subscript' || expr.object.kind !== 'call' || cx.resolve(expr.object.callee, code.file, expr.span.start) !== 'builtins.sorted') return null; // prettier-ignore
  const { args } = expr.object;
  const order = orderOf(expr.object);
  const wanted = wantedBy(expr.index, code);
  const [items] = args;
  return items && args.length === 1 && items.kind !== 'spread' && order !== null && wanted !== null
    ? { whole: expr, given: '', items, ...order, wanted }
    : null;
}

/** `ranked = sorted(items)` or `items.sort()`, where nothing but `[:k]` is asked of it afterwards. */
function namedSorting(stmt: Stmt, code: Code, cx: Context): Sorting | null {
  const value = stmt.kind === 'assign' && stmt.targets.length === 1 ? stmt.value : stmt.kind === 'expression' ? stmt.value : null;
  if (value?.kind !== 'call' || !standsAlone(stmt, cx, code.file) || code.owner === null) return null;
  const sorts = stmt.kind === 'expression' && value.callee.kind === 'attribute' && value.callee.attribute === 'sort' && value.args.length === 0;
  const builds = stmt.kind === 'assign' && cx.resolve(value.callee, code.file, value.span.start) === 'builtins.sorted' && value.args.length === 1;
  const name = stmt.kind === 'assign' ? stmt.targets[0] : sorts && value.callee.kind === 'attribute' ? value.callee.object : null;
  const order = orderOf(value);
  if ((!sorts && !builds) || name?.kind !== 'name' || order === null || isParameter(name.name, code) || code.module.globals.includes(name.name))
    return null;
  if (sorts && !isOwned(name.name, code, cx)) return null;
  const { here, hidden } = usesOf(name.name, code);
  const around = stepsTo(code.body, stmt.span).filter((step) => step.stmt.kind === 'loop');
  // In a loop, each round has to make a list of its own.
  const fresh =
    around.length === 0 ||
    (builds ? here.every((use) => use.stmt === stmt || use.slot !== 'target') : isMadeIn(around[around.length - 1]?.stmt, name.name));
  const after = here.filter(({ expr, stmt: at }) => at !== stmt && (expr.span.start.line > stmt.span.start.line || builds));
  const wanted = after.map((use) => {
    const role = roleOf(use);
    return role.kind === 'subscript' && !role.store ? wantedBy(role.subscript.index, code) : null;
  });
  const [first] = wanted;
  const alike = wanted.every((one) => one?.kind === 'some' && first?.kind === 'some' && keyOf(one.count) === keyOf(first.count));
  const items = builds ? value.args[0] : name;
  if (hidden !== null || !fresh || !first || !alike || !items || items.kind === 'spread') return null;
  return { whole: value, given: sorts ? `${name.name} = ` : '', items, ...order, wanted: first };
}

/** `name = []` stands in the loop's own body. */
const isMadeIn = (loop: Stmt | undefined, name: string): boolean =>
  loop?.kind === 'loop' && loop.loop.body.some((stmt) => stmt.kind === 'assign' && stmt.targets.some((target) => target.kind === 'name' && target.name === name)); // prettier-ignore

function orderOf({ keywords }: Call): { key: Expr | null; reverse: boolean } | null {
  const key = keywords.find(({ name }) => name === 'key')?.value ?? null;
  const reverse = keywords.find(({ name }) => name === 'reverse')?.value ?? null;
  const known = keywords.every(({ name }) => name === 'key' || name === 'reverse');
  if (!known || (reverse !== null && reverse.kind !== 'constant')) return null;
  return { key: key?.kind === 'constant' ? null : key, reverse: reverse?.kind === 'constant' && reverse.value === 'True' };
}

function wantedBy(index: Expr, code: Code): Sorting['wanted'] | null {
  if (index.kind === 'number') return index.text === '0' ? { kind: 'first' } : null;
  if (index.kind === 'unary') return index.op === '-' && index.operand.kind === 'number' && index.operand.text === '1' ? { kind: 'last' } : null;
  if (index.kind !== 'slice' || index.lower !== null || index.step !== null || index.upper === null) return null;
  const { upper } = index;
  if (upper.kind === 'number') return /^[1-9]\d*$/.test(upper.text) ? { kind: 'some', count: upper } : null;
  const name = dottedName(upper);
  const settled = name !== null && (name.includes('.') || valuesGiven(name, code).length === (isParameter(name, code) ? 0 : 1) || (!isParameter(name, code) && valuesGiven(name, code).length === 0)); // prettier-ignore
  return settled ? { kind: 'some', count: upper } : null;
}

const PLAIN = /^(int|str|bytes)$/;
const ORDERED = /^(int|float|bool|str|bytes|tuple|(datetime\.)?(date|datetime|timedelta|time))$/;

function hopesOf({ whole, items, key, wanted }: Sorting, facts: Values, code: Code, cx: Context): Outcome<string[]> {
  const text = cx.slice(code.file, items.span).replace(/\s+/g, ' ').slice(0, 40);
  const elements = typeOf(items, facts, code, cx)?.elements;
  const plain = key === null && elements?.length === 1 && elements.every((type) => PLAIN.test(type));
  const strange = key === null ? elements?.find((type) => !ORDERED.test(type)) : undefined;
  if (strange !== undefined || (wanted.kind === 'last' && !plain)) {
    return refuse('told-apart', `Of items of \`${text}\` that sort alike another one would be taken${strange === undefined ? '' : `: it holds objects of type ${strange}`}.`, 'Say with `key` what they are sorted by, and take the first.', whole.span); // prettier-ignore
  }
  const assumptions = plain ? [] : [`What \`${text}\` is sorted by can be put in order: there is no NaN in it.`];
  if (wanted.kind === 'some')
    return ok(wanted.count.kind === 'number' ? assumptions : [...assumptions, `\`${cx.slice(code.file, wanted.count.span)}\` is not negative.`]);
  if (stepsTo(code.body, whole.span).some(({ stmt }) => stmt.kind === 'try')) {
    return refuse(
      'caught',
      `What an empty \`${text}\` raises may be caught, and \`min\` raises another error.`,
      'Ask whether it is empty before.',
      whole.span,
    );
  }
  return ok([...assumptions, `\`${text}\` is not empty: a ValueError would come in place of an IndexError.`]);
}

function replacement({ items, key, reverse, wanted }: Sorting, { file }: Code, cx: Context): { text: string; imported: Edit | null } {
  const text = (expr: Expr): string => cx.slice(file, expr.span);
  const lazy = items.kind === 'loop' && items.loop.form === 'list-comprehension' && items.loop.sink?.type === 'list';
  // A list is only made to be sorted; what walks over it once needs none.
  const bare = lazy ? text(items).slice(1, -1).trim() : text(items);
  const by = key === null ? '' : `, key=${text(key)}`;
  if (wanted.kind !== 'some') {
    const name = (wanted.kind === 'first') === reverse ? 'max' : 'min';
    return { text: `${name}(${lazy && by !== '' ? `(${bare})` : bare}${by})`, imported: null };
  }
  const heapq = cx.importName(file, 'heapq');
  return {
    text: `${heapq.written}.${reverse ? 'nlargest' : 'nsmallest'}(${text(wanted.count)}, ${lazy ? `(${bare})` : bare}${by})`,
    imported: heapq.edit,
  };
}

export const exprsIn = (body: readonly Stmt[]): Expr[] => [...eachStmt(body)].flatMap((stmt) => stmtExprs(stmt).flatMap((top) => [...eachExpr(top)]));
