import type { Edit, Expr, LoopFacts, Span } from '../../types';
import { ok, refuse, type Outcome } from '../../platform/result';
import { dottedName } from '../../syntax/python-loops';
import { codeOf, codeOfFunction, isParameter, stepsTo, usesOf, type Code, type Step } from './code';
import { annotationEdit, derivedName, finish, isRepeatable, keyOf, linesBefore, placeBefore, statementAfter, type EditMatch } from './edit';
import { placesOf, savingCost, searchLeft } from './cost';
import { isLazy, loopsAround, tripExprs } from './loop';
import { roleOf } from './roles';
import { parameterOf, staysDuring, type Stays } from './stays';
import { hashing, typeOf } from './types';
import type { Context } from '../refactor';

interface Searched {
  place: string;
  /** What is searched, as written where it is searched first. */
  list: Expr;
  /** `around`: the comparison, or the call of a function that does nothing with the list but search it. */
  tests: { around: Expr; list: Expr; item: Expr | null }[];
  length: number | undefined;
}

/** Fewer items than these are found as quickly one by one. */
const FEW = 6;

/** `item in items` in a hot loop, as a look-up in a set that is made before the loop, or kept beside the list as it grows. */
export function planMembership(facts: LoopFacts, cx: Context): Outcome<EditMatch> | undefined {
  const code = codeOf(facts, cx);
  if (code === null || isLazy(facts)) return undefined;
  const searched = searchedIn(facts, code, cx);
  if (searched.length === 0) return undefined;
  const step = placeBefore(facts, code, cx);
  const outer = loopsAround(facts, cx);
  let refusal: Outcome<EditMatch> | undefined;
  const edits: Edit[] = [];
  const assumptions: string[] = [];
  const changed: string[] = [];
  const done: Searched[] = [];
  for (const one of searched) {
    // The larger loop is asked about it, too, and its set is made once.
    if (outer.some((around) => setFor(one, around, code, cx).ok)) continue;
    const set = setFor(one, facts, code, cx);
    if (!set.ok) {
      refusal ??= set;
      continue;
    }
    const { stays } = set.value;
    const retyped = stays.appends.length > 0 ? asSet(one, code, cx) : null;
    if (retyped !== null) {
      edits.push(...retyped);
      changed.push(one.place);
    } else if (step === null) {
      refusal ??= refuse('shared-line', 'There is no line of its own before the loop where the set could be made.', 'Put the loop on a line of its own.', facts.ir.span); // prettier-ignore
      continue;
    } else edits.push(...besides(one, stays, step, code, cx));
    assumptions.push(...set.value.assumptions);
    done.push(one);
  }
  if (done.length === 0) return refusal;
  const names = done.map(({ place }) => `\`${place}\``).join(' and ');
  const length = done.reduce<number | undefined>((most, { length: each }) => (each !== undefined && each > (most ?? 0) ? each : most), undefined);
  return ok(
    finish(facts, code, {
      title: `Look up ${names} in a set`,
      edits,
      cost: savingCost(facts.hotspot, placesAround(done, facts, code), searchLeft(length), cx),
      assumptions,
      changed,
    }),
  );
}

/** The innermost loops around the searches: a profile tells hardly more than that of a comparison, which is no call. */
function placesAround(done: readonly Searched[], facts: LoopFacts, code: Code): { file: string; span: Span }[] {
  const around = done.flatMap(({ tests }) => tests).map(({ around: { span } }) => stepsTo(facts.ir.body, span).findLast(({ stmt }) => stmt.kind === 'loop')?.stmt ?? facts.ir); // prettier-ignore
  return placesOf(around, code);
}

function searchedIn(facts: LoopFacts, code: Code, cx: Context): Searched[] {
  const found = new Map<string, Searched>();
  const add = (test: Searched['tests'][number]): void => {
    const place = dottedName(test.list);
    const type = place === null ? null : typeOf(test.list, facts, code, cx);
    if (place === null || type === null || (type.type !== 'list' && type.type !== 'tuple')) return;
    const known = found.get(place);
    if (known) known.tests.push(test);
    else found.set(place, { place, list: test.list, tests: [test], length: type.length });
  };
  for (const expr of tripExprs(facts.ir)) {
    if (expr.kind === 'compare') {
      const [only, ...others] = expr.rest;
      if (only && others.length === 0 && (only.op === 'in' || only.op === 'not in')) add({ around: expr, list: only.right, item: expr.first });
    } else if (expr.kind === 'call')
      expr.args.forEach((list, index) => {
        if (dottedName(list) !== null && onlySearches(expr, index, code, cx, 0)) add({ around: expr, list, item: null });
      });
  }
  return [...found.values()];
}

/** Does the user's own function that is called do nothing with an argument but look for things in it? */
function onlySearches(call: Expr & { kind: 'call' }, index: number, code: Code, cx: Context, depth: number): boolean {
  const given = parameterOf(call, index, code, cx);
  if (given === null || depth > 3) return false;
  const inner = codeOfFunction(given.fn, cx);
  const { here, hidden } = usesOf(given.param.name, inner);
  return (
    hidden === null &&
    here.length > 0 &&
    here.every((use) => {
      const role = roleOf(use);
      return role.kind === 'member' || (role.kind === 'argument' && onlySearches(role.call, role.index, inner, cx, depth + 1));
    })
  );
}

function setFor(one: Searched, facts: LoopFacts, code: Code, cx: Context): Outcome<{ stays: Stays; assumptions: string[] }> {
  const { place, list } = one;
  const stays = staysDuring(place, facts, code, cx);
  if (stays.change) {
    const toDo = 'Keep a set beside the list where you change it, or make the set inside the outer loop where the list stays the same.';
    return refuse('list-changes', stays.change.why, toDo, stays.change.span);
  }
  if (stays.appends.length === 0 && one.length !== undefined && one.length <= FEW) {
    return refuse('short-list', `\`${place}\` holds ${one.length} items: a set finds them no sooner.`, 'Leave it as it is.', list.span);
  }
  const elements = typeOf(list, facts, code, cx)?.elements ?? [];
  const added = stays.appends.map(({ role }) => role.call.args[0]).filter((arg) => arg !== undefined);
  const typesOf = (expr: Expr): (string | undefined)[] => {
    if (expr.kind === 'collection' && expr.type === 'tuple') return expr.items.flatMap(typesOf);
    return [typeOf(expr, facts, code, cx)?.type];
  };
  const types = [...elements, ...[...one.tests.flatMap(({ item }) => item ?? []), ...added].flatMap(typesOf)];
  const judged = types.map((type) => ({ type, how: hashing(type, code) }));
  const never = judged.find(({ how }) => how === 'no');
  if (never) {
    return refuse('unhashable', `\`${place}\` is searched for or holds a ${never.type}, which no set can hold.`, 'Search for something that identifies it: a number, a text or a tuple.', list.span); // prettier-ignore
  }
  const costly = added.find((arg) => !isRepeatable(arg));
  if (costly && asSet(one, code, cx) === null) {
    return refuse('costly-element', `What is appended to \`${place}\` is worked out in the call, and a set would need it a second time.`, 'Give it a name first, and append the name.', costly.span); // prettier-ignore
  }
  const sure = elements.length > 0 && judged.every(({ how }) => how === 'sure') && list.kind === 'name' && isLiteral(list, facts, code, cx);
  const assumptions = sure ? [] : [`Everything in \`${place}\`, and everything that is looked up in it, can be hashed, and what is equal has equal hashes.`]; // prettier-ignore
  // Of texts `in` finds parts, and an iterator is used up: what a parameter is was only seen.
  if (isParameter(place, code)) assumptions.push(`\`${place}\` is always a list or a tuple, as in this run.`);
  return ok({ stays, assumptions: [...assumptions, ...stays.assumptions] });
}

/** Are all its elements plain to see in the text? What was sampled may be only a part. */
function isLiteral(list: Expr, facts: LoopFacts, code: Code, cx: Context): boolean {
  const seen = typeOf(list, { file: facts.file, values: {} }, code, cx);
  return seen?.elements !== undefined;
}

/** A set of its own beside the list: made before the loop, and added to where the list is. */
function besides(one: Searched, stays: Stays, step: Step, code: Code, cx: Context): Edit[] {
  const { place, tests } = one;
  const name = derivedName(place, 'set', cx, code.file);
  const made = stays.appends.length > 0 && startsEmpty(place, step, code) ? `${name} = set()` : `${name} = set(${place})`;
  return [
    linesBefore(step, [made], cx, code.file),
    ...tests.map(({ list }) => cx.edit(code.file, list.span, name)),
    ...stays.appends.map(({ use, role }) => {
      const [item] = role.call.args;
      return statementAfter(use.stmt, `${name}.add(${item ? cx.slice(code.file, item.span) : ''})`, cx, code.file);
    }),
  ];
}

/** `items = []` stands before the loop, and nothing looks at it in between. */
function startsEmpty(place: string, step: Step, code: Code): boolean {
  const uses = usesOf(place, code).here.filter(({ stmt }) => before(stmt.span, step.stmt.span));
  const last = uses[uses.length - 1];
  return (
    last !== undefined && last.parents.length === 0 && last.stmt.kind === 'assign' && step.block.includes(last.stmt) && isEmptyList(last.stmt.value)
  );
}

const before = (a: Span, b: Span): boolean => a.end.line < b.start.line || (a.end.line === b.start.line && a.end.character <= b.start.character);
const isEmptyList = (value: Expr): boolean =>
  (value.kind === 'collection' && value.type === 'list' && value.items.length === 0) ||
  (value.kind === 'call' && value.callee.kind === 'name' && value.callee.name === 'list' && value.args.length === 0);

/** Where nothing but appending and searching is done with the list, in its whole scope, it may be a set itself. Null: it has to stay a list. */
function asSet({ place }: Searched, code: Code, cx: Context): Edit[] | null {
  if (place.includes('.') || code.owner?.params.some((param) => param.name === place) === true) return null;
  if (code.owner === null && !cx.isMain(code.file)) return null;
  const { here, hidden } = usesOf(place, code);
  if (hidden !== null || code.module.globals.includes(place)) return null;
  const edits: Edit[] = [];
  let made = 0;
  for (const use of here) {
    const role = roleOf(use);
    if (role.kind === 'member' || role.kind === 'tested') continue;
    if (role.kind === 'assigned' && role.stmt.kind === 'assign' && role.stmt.targets.length === 1 && use.parents.length === 0) {
      const { value } = role.stmt;
      const literal = value.kind === 'collection' && value.type === 'list' && value.items.every((item) => item.kind !== 'spread');
      if (!literal && !isEmptyList(value)) return null;
      const items = literal && value.items.length > 0 ? cx.slice(code.file, value.span).slice(1, -1) : null;
      edits.push(...annotationEdit(role.stmt, 'set', cx, code.file), cx.edit(code.file, value.span, items === null ? 'set()' : `{${items}}`));
      made += 1;
    } else if (
      role.kind === 'method' &&
      role.method === 'append' &&
      role.call.args.length === 1 &&
      use.stmt.kind === 'expression' &&
      role.call.callee.kind === 'attribute'
    ) {
      const { callee } = role.call;
      edits.push(cx.edit(code.file, { start: callee.object.span.end, end: callee.span.end }, '.add'));
    } else if (role.kind === 'argument' && isLength(role.call) && here.every((each) => isGuarded(each, place))) continue;
    else return null;
  }
  return made > 0 ? edits : null;
}

const isLength = (call: Expr & { kind: 'call' }): boolean => call.callee.kind === 'name' && call.callee.name === 'len' && call.args.length === 1;

/** Appended only where it was tested not to be there: the list never holds the same twice, so its length is that of a set. */
function isGuarded(use: ReturnType<typeof usesOf>['here'][number], place: string): boolean {
  const role = roleOf(use);
  if (role.kind === 'assigned') return role.stmt.kind === 'assign' && role.stmt.value.kind === 'collection' && role.stmt.value.items.length <= 1;
  if (role.kind !== 'method') return true;
  const [item] = role.call.args;
  const holder = use.around[use.around.length - 2]?.stmt;
  if (!item || holder?.kind !== 'if' || holder.then[0] !== use.stmt) return false;
  const { test } = holder;
  const [only] = test.kind === 'compare' ? test.rest : [];
  return test.kind === 'compare' && only?.op === 'not in' && dottedName(only.right) === place && keyOf(test.first) === keyOf(item);
}
