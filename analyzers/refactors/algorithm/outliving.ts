import type { Edit, Expr, FunctionFacts, FunctionIR, LoopFacts } from '../../types';
import { ok, refuse, type Outcome } from '../../platform/result';
import { dottedName } from '../../syntax/python-loops';
import { eachExpr, eachStmt, stmtExprs } from '../../syntax/python-walk';
import { finishFunction } from './callers';
import { codeOfFunction, type Code } from './code';
import { companionEdits, companionName, lifetimeOf, type Lifetime } from './companion';
import { placesOf, savingCost, searchLeft } from './cost';
import { isRepeatable, type Draft, type EditMatch } from './edit';
import { hashing, typeOf } from './types';
import { callsIn } from '../memoize/recursion-paths';
import type { Context } from '../refactor';

/** Fewer items than these are found as quickly one by one. */
const FEW = 6;

/** Calls within calls. */
const DEEPEST = 2;
type Values = Pick<FunctionFacts, 'file' | 'values'>;

/** `item in self.items`, or `item in ITEMS`, in a function that is called again and again: a set is kept beside the list for as long as that lives. */
export function planLastingMembership(facts: FunctionFacts, cx: Context): Outcome<EditMatch> | undefined {
  const draft = draftFor(facts.function, facts, cx);
  if (draft?.ok !== true) return draft;
  const cost = savingCost(facts.hotspot, placesOf([facts.function], facts), searchLeft(draft.value.length), cx);
  return finishFunction(facts.function, { ...draft.value, cost }, cx);
}

/** The same in a function that a hot loop calls: where its own time is too short to be sampled, or hard to tell from the caller's. */
export function planMembershipOfCallees(facts: LoopFacts, cx: Context): Outcome<EditMatch> | undefined {
  for (const fn of calleesOf(facts, cx)) {
    const draft = draftFor(fn, { file: fn.file, values: {} }, cx);
    if (draft?.ok === true) return finishFunction(fn, { ...draft.value, cost: { kind: 'factor', low: 1.05, high: 12 } }, cx);
  }
  return undefined;
}

/** Functions of the user's own that a loop calls, and those that they call. */
function calleesOf(facts: LoopFacts, cx: Context): FunctionIR[] {
  const functions = cx.files.flatMap((file) => cx.syntax(file).functions);
  const found = new Set<FunctionIR>();
  const add = (fn: FunctionIR | null | undefined, depth: number): void => {
    if (!fn || found.has(fn)) return;
    found.add(fn);
    if (depth < DEEPEST) callsIn(fn.body).forEach((call) => add(cx.functionOf(call.callee, fn.file), depth + 1));
  };
  for (const { resolved } of facts.calls)
    add(
      functions.find((fn) => resolved === `${fn.file}:${fn.qualname}`),
      1,
    );
  return [...found];
}

type Drafted = Omit<Draft, 'cost'> & { length: number | undefined };
function draftFor(fn: FunctionIR, facts: Values, cx: Context): Outcome<Drafted> | undefined {
  const code = codeOfFunction(fn, cx);
  let refusal: Outcome<never> | undefined;
  for (const list of searchedLists(code)) {
    const place = dottedName(list) ?? '';
    const type = typeOf(list, facts, code, cx);
    if (type === null || (type.type !== 'list' && type.type !== 'tuple')) continue;
    const life = lifetimeOf(place, code, cx);
    if (life === null) continue;
    if (!life.ok) {
      refusal ??= life;
      continue;
    }
    const { made, grown, seen, assumptions } = life.value;
    if (grown.length === 0 && type.length !== undefined && type.length <= FEW) continue;
    const bad = typesOf(list, life.value, facts, code, cx).find((each) => hashing(each, code) === 'no');
    if (bad !== undefined) {
      refusal ??= refuse('unhashable', `\`${place}\` is searched for or holds a ${bad}, which no set can hold.`, 'Search for something that identifies it: a number, a text or a tuple.', list.span); // prettier-ignore
      continue;
    }
    const costly = grown.find(({ item }) => !isRepeatable(item));
    if (costly) {
      refusal ??= refuse('costly-element', `What is appended to \`${place}\` is worked out in the call, and a set would need it a second time.`, 'Give it a name first, and append the name.', costly.stmt.span); // prettier-ignore
      continue;
    }
    const fresh = companionName(place, 'set', '', cx, made[0]?.code.file ?? code.file);
    const named = (written: string): string => `${written.slice(0, written.lastIndexOf('.') + 1)}${fresh}`;
    const edits: Edit[] = companionEdits(
      life.value,
      {
        made: ({ place: written, stmt }) => [`${named(written)} = ${isEmpty(stmt.value) ? 'set()' : `set(${written})`}`],
        grown: ({ place: written, item, code: inner }) => `${named(written)}.add(${cx.slice(inner.file, item.span)})`,
        cleared: ({ place: written }) => `${named(written)}.clear()`,
      },
      cx,
    );
    const tests = seen.filter(({ role }) => role.kind === 'member');
    edits.push(...tests.map(({ use, code: inner, place: written }) => cx.edit(inner.file, use.expr.span, named(written))));
    const hashed = `Everything in \`${place}\`, and everything that is looked up in it, can be hashed, and what is equal has equal hashes.`;
    return ok({ title: `Look up \`${place}\` in a set`, edits, assumptions: [hashed, ...assumptions], length: type.length });
  }
  return refusal;
}

const isEmpty = (value: Expr): boolean => value.kind === 'collection' && value.items.length === 0;

function searchedLists({ body }: Code): Expr[] {
  const found = new Map<string, Expr>();
  for (const stmt of eachStmt(body))
    for (const top of stmtExprs(stmt))
      for (const expr of eachExpr(top)) {
        const [only, ...others] = expr.kind === 'compare' ? expr.rest : [];
        const place = only && others.length === 0 && (only.op === 'in' || only.op === 'not in') ? dottedName(only.right) : null;
        if (only && place !== null && !found.has(place)) found.set(place, only.right);
      }
  return [...found.values()];
}

function typesOf(list: Expr, { grown, seen }: Lifetime, facts: Values, code: Code, cx: Context): (string | undefined)[] {
  const here = (expr: Expr, inner: Code): string | undefined =>
    typeOf(expr, inner.body === code.body ? facts : { file: inner.file, values: {} }, inner, cx)?.type;
  return [
    ...(typeOf(list, facts, code, cx)?.elements ?? []),
    ...grown.map(({ item, code: inner }) => here(item, inner)),
    ...seen.flatMap(({ role, code: inner }) => (role.kind === 'member' ? [here(role.item, inner)] : [])),
  ];
}
