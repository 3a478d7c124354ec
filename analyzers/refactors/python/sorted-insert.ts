import type { Edit, Expr, LoopFacts, Span, Stmt } from '../../types';
import { ok, refuse, type Outcome } from '../../platform/result';
import { dottedName } from '../../syntax/python-loops';
import { eachStmt, nestedBlocks } from '../../syntax/python-walk';
import { codeOf, inside, usesOf, type Code } from '../algorithm-code';
import { finish, linesBefore, placeBefore, type EditMatch } from '../algorithm-edit';
import { startOf, standsAlone } from '../algorithm-gather';
import { loopsAround } from '../algorithm-loop';
import { roleOf } from '../algorithm-roles';
import { isOwned } from '../algorithm-stays';
import { typeOf } from '../algorithm-types';
import { defineRefactor, type Context } from '../refactor';

/** A list that a hot loop sorts again after every change. */
export const refactor = defineRefactor<EditMatch>({
  id: 'sorted-insert',
  family: 'algorithm',
  title: 'Keep the list in order',

  match(facts, verdict, cx): Outcome<EditMatch> | undefined {
    const code = codeOf(facts, cx);
    if (facts.ir.language !== 'python' || verdict.bottleneck === 'io-wait' || code === null) return undefined;
    let refusal: Outcome<EditMatch> | undefined;
    for (const place of sortedIn(facts)) {
      if (loopsAround(facts, cx).some((outer) => sortedIn(outer).includes(place) && planOrder(place, outer, code, cx).ok)) continue;
      const plan = planOrder(place, facts, code, cx);
      if (plan.ok) return plan;
      refusal ??= plan;
    }
    return refusal;
  },

  rewrite: (match) => match.edits,
});

type Call = Expr & { kind: 'call' };
const callOf = (stmt: Stmt | undefined): Call | null => (stmt?.kind === 'expression' && stmt.value.kind === 'call' ? stmt.value : null);
function methodOf(stmt: Stmt | undefined, method: string): { place: string; call: Call } | null {
  const call = callOf(stmt);
  if (call?.callee.kind !== 'attribute' || call.callee.attribute !== method) return null;
  const place = dottedName(call.callee.object);
  return place === null ? null : { place, call };
}

function sortedIn(facts: LoopFacts): string[] {
  return [...new Set([...eachStmt(facts.ir.body)].flatMap((stmt) => methodOf(stmt, 'sort')?.place ?? []))].filter((place) => !place.includes('.'));
}

const isZero = (expr: Expr | undefined): boolean => expr?.kind === 'number' && expr.text === '0';

function planOrder(place: string, facts: LoopFacts, code: Code, cx: Context): Outcome<EditMatch> {
  const step = placeBefore(facts, code, cx);
  const { here, hidden } = usesOf(place, code);
  const within = here.filter((use) => inside(use.expr.span, facts.ir.span));
  const sorts = [...eachStmt(facts.ir.body)].filter((stmt) => methodOf(stmt, 'sort')?.place === place);
  const keyed = sorts.map((stmt) => callOf(stmt)).find((call) => call !== null && (call.args.length > 0 || call.keywords.length > 0));
  if (keyed) return no('by-key', `\`${place}\` is sorted by something else than its items themselves.`, 'Keep pairs of key and item in the list, which sort by the key.', keyed.span); // prettier-ignore
  if (hidden !== null || step === null || !isOwned(place, code, cx)) {
    return no(
      'shared',
      `\`${place}\` may be changed or looked at under another name.`,
      'Make the list in the function that sorts it.',
      hidden ?? sorts[0]?.span ?? facts.ir.span,
    );
  }
  const elements = typeOf({ kind: 'name', name: place, span: facts.ir.span }, facts, code, cx)?.elements;
  const floats = elements === undefined || elements.some((type) => /float|tuple/.test(type));
  const assumptions = [...(floats ? [`No NaN is put into \`${place}\`.`] : []), ...(elements === undefined || elements.some((type) => !/^(int|float|str|bytes)$/.test(type)) ? [`What compares equal in \`${place}\` is the same to the program.`] : [])]; // prettier-ignore
  const heap = asHeap(
    place,
    facts,
    code,
    cx,
    within.map((use) => ({ use, role: roleOf(use) })),
    sorts,
  );
  const edits = heap ?? asInsertions(place, facts, code, cx, sorts);
  if (edits === null) {
    return no('other-changes', `\`${place}\` is sorted and used in the loop in more ways than appending and taking the smallest.`, 'Use the heapq or the bisect module by hand.', sorts[0]?.span ?? facts.ir.span); // prettier-ignore
  }
  const title = heap ? `Make \`${place}\` a heap` : `Insert into \`${place}\` where it belongs`;
  // A heap holds the same items in another order.
  return ok(finish(facts, code, { title, edits, cost: { kind: 'factor', low: 1.05, high: 20 }, assumptions, changed: heap ? [place] : [] }));
}
const no = (code: string, why: string, toDo: string, span: Span): Outcome<never> => refuse(code, why, toDo, span);

type Used = { use: ReturnType<typeof usesOf>['here'][number]; role: ReturnType<typeof roleOf> }[];

/** `items.sort()` and then `items.pop(0)`, with nothing else done to the list but appending and asking whether there is anything in it. */
function asHeap(place: string, facts: LoopFacts, code: Code, cx: Context, used: Used, sorts: readonly Stmt[]): Edit[] | null {
  const edits: Edit[] = [];
  let pops = 0;
  const heapq = cx.importName(code.file, 'heapq');
  for (const { use, role } of used) {
    if (role.kind === 'tested' || (role.kind === 'argument' && role.call.callee.kind === 'name' && role.call.callee.name === 'len')) continue;
    if (role.kind === 'subscript' && isZero(role.subscript.index) && !role.store) return null;
    if (role.kind !== 'method') return null;
    const [first] = role.call.args;
    if (role.method === 'sort') {
      if (!standsAlone(use.stmt, cx, code.file) || !followedByPop(place, use.stmt, facts)) return null;
      edits.push(cx.edit(code.file, { start: { line: use.stmt.span.start.line, character: 0 }, end: { line: use.stmt.span.end.line + 1, character: 0 } }, '')); // prettier-ignore
    } else if (role.method === 'pop' && isZero(first) && role.call.args.length === 1) {
      edits.push(cx.edit(code.file, role.call.span, `${heapq.written}.heappop(${place})`));
      pops += 1;
    } else if (role.method === 'append' && first && use.stmt.kind === 'expression') {
      edits.push(cx.edit(code.file, role.call.span, `${heapq.written}.heappush(${place}, ${cx.slice(code.file, first.span)})`));
    } else return null;
  }
  const after = usesOf(place, code).here.filter((use) => use.expr.span.start.line > facts.ir.span.end.line);
  const looked = after.filter((use) => !/^(tested)$/.test(roleOf(use).kind) && !isLength(roleOf(use)));
  // Every taking must find the list sorted: as many sorts as takings, each right before its own.
  if (pops === 0 || pops !== sorts.length || looked.length > 0) return null;
  const start = startOf(place, facts, code)?.start?.value;
  const ordered = start?.kind === 'collection' && start.items.length <= 1 && start.items.every((item) => item.kind !== 'spread');
  const step = placeBefore(facts, code, cx);
  if (!ordered && step) edits.unshift(linesBefore(step, [`${heapq.written}.heapify(${place})`], cx, code.file));
  return heapq.edit ? [heapq.edit, ...edits] : edits;
}

const isLength = (role: ReturnType<typeof roleOf>): boolean =>
  role.kind === 'argument' && role.call.callee.kind === 'name' && role.call.callee.name === 'len';

/** The very next statement takes the first item. */
function followedByPop(place: string, sort: Stmt, facts: LoopFacts): boolean {
  const find = (body: readonly Stmt[]): boolean => {
    const at = body.indexOf(sort);
    if (at < 0) return body.some((stmt) => nestedBlocks(stmt).some(find));
    const next = body[at + 1];
    if (next?.kind !== 'assign' && next?.kind !== 'expression') return false;
    const { value } = next;
    return value.kind === 'call' && value.callee.kind === 'attribute' && value.callee.attribute === 'pop' && dottedName(value.callee.object) === place && isZero(value.args[0]); // prettier-ignore
  };
  return find(facts.ir.body);
}

/** `items.append(x)` and then `items.sort()` on a list that is in order already: the item goes where it belongs. */
function asInsertions(place: string, facts: LoopFacts, code: Code, cx: Context, sorts: readonly Stmt[]): Edit[] | null {
  const start = startOf(place, facts, code)?.start?.value;
  const sorted = start?.kind === 'collection' ? start.items.length <= 1 : start?.kind === 'call' && start.callee.kind === 'name' && start.callee.name === 'sorted' && start.args.length === 1 && start.keywords.length === 0; // prettier-ignore
  if (!sorted) return null;
  const edits: Edit[] = [];
  const bisect = cx.importName(code.file, 'bisect', { name: 'insort' });
  const appended = new Set<Stmt>();
  const visit = (body: readonly Stmt[]): boolean =>
    body.every((stmt, index) => {
      if (sorts.includes(stmt)) {
        const before = body[index - 1];
        const append = methodOf(before, 'append');
        const [item] = append?.call.args ?? [];
        if (!before || append?.place !== place || !item || !standsAlone(stmt, cx, code.file) || !standsAlone(before, cx, code.file)) return false;
        appended.add(before);
        edits.push(cx.edit(code.file, before.span, `${bisect.written}(${place}, ${cx.slice(code.file, item.span)})`));
        edits.push(
          cx.edit(code.file, { start: { line: stmt.span.start.line, character: 0 }, end: { line: stmt.span.end.line + 1, character: 0 } }, ''),
        );
        return true;
      }
      return nestedBlocks(stmt).every(visit);
    });
  if (!visit(facts.ir.body)) return null;
  const others = usesOf(place, code).here.filter((use) => inside(use.expr.span, facts.ir.span));
  const keeps = others.every((use) => {
    const role = roleOf(use);
    if (sorts.includes(use.stmt) || appended.has(use.stmt)) return true;
    if (role.kind === 'method') return /^(pop|index|count|remove|clear|copy)$/.test(role.method);
    return role.kind !== 'augmented' && role.kind !== 'assigned' && !(role.kind === 'subscript' && role.store);
  });
  if (!keeps || edits.length === 0) return null;
  return bisect.edit ? [bisect.edit, ...edits] : edits;
}
