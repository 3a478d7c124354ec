import type { Edit, Expr, LoopFacts, Span, Stmt } from '../../types';
import { ok, refuse, type Outcome } from '../../platform/result';
import { dottedName } from '../../syntax/python-loops';
import { eachStmt, nestedBlocks } from '../../syntax/python-walk';
import { codeOf, inside, usesOf, type Code } from '../algorithm/code';
import { placesOf, savingCost } from '../algorithm/cost';
import { finish, placeBefore, removedLines, type EditMatch } from '../algorithm/edit';
import { startOf, standsAlone } from '../algorithm/gather';
import { takingsIn, tieAssumptions } from '../algorithm/heap';
import { loopsAround, waitsForIo } from '../algorithm/loop';
import { roleOf } from '../algorithm/roles';
import { isOwned } from '../algorithm/stays';
import { defineRefactor, type Context } from '../refactor';

/** A list that a hot loop sorts again after every change. */
export const refactor = defineRefactor<EditMatch>({
  id: 'sorted-insert',
  family: 'algorithm',
  title: 'Keep the list in order',

  match(facts, verdict, cx): Outcome<EditMatch> | undefined {
    const code = codeOf(facts, cx);
    if (facts.ir.language !== 'python' || waitsForIo(verdict, facts) || code === null) return undefined;
    let refusal: Outcome<EditMatch> | undefined;
    const taken = new Set(takingsIn(facts.ir.body, facts.file, cx).flatMap(({ place, key }) => (key === null ? [place] : [])));
    for (const place of sortedIn(facts).filter((one) => !taken.has(one))) {
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

function planOrder(place: string, facts: LoopFacts, code: Code, cx: Context): Outcome<EditMatch> {
  const step = placeBefore(facts, code, cx);
  const { hidden } = usesOf(place, code);
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
  const edits = asInsertions(place, facts, code, cx, sorts);
  if (edits === null) {
    return no('other-changes', `\`${place}\` is sorted and used in the loop in more ways than appending.`, 'Use the bisect module by hand.', sorts[0]?.span ?? facts.ir.span); // prettier-ignore
  }
  const list: Expr = { kind: 'name', name: place, span: facts.ir.span };
  const cost = savingCost(facts.hotspot, placesOf(sorts, code), 0.1, cx);
  return ok(finish(facts, code, { title: `Insert into \`${place}\` where it belongs`, edits, cost, assumptions: tieAssumptions(place, list, facts, code, cx) })); // prettier-ignore
}
const no = (code: string, why: string, toDo: string, span: Span): Outcome<never> => refuse(code, why, toDo, span);

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
        edits.push(removedLines(stmt, cx, code.file));
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
