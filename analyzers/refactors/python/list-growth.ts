import type { Edit, Expr } from '../../types';
import { ok, refuse, type Outcome } from '../../platform/result';
import { codeOf, inside, isParameter, sameSpan, usesOf, valuesGiven, type Code, type Use } from '../algorithm/code';
import { placesOf, savingCost } from '../algorithm/cost';
import { finish, type EditMatch } from '../algorithm/edit';
import { addedText, growingPlaces, type Growth } from '../algorithm/gather';
import { loopsAround, waitsForIo } from '../algorithm/loop';
import { roleOf } from '../algorithm/roles';
import { isNew } from '../algorithm/stays';
import { typeOf } from '../algorithm/types';
import { defineRefactor, type Context } from '../refactor';

/** `items = items + [item]` in a hot loop. */
export const refactor = defineRefactor<EditMatch>({
  id: 'list-growth',
  family: 'algorithm',
  title: 'Append in place of copying',

  match(facts, verdict, cx): Outcome<EditMatch> | undefined {
    const code = codeOf(facts, cx);
    if (facts.ir.language !== 'python' || waitsForIo(verdict, facts) || code === null) return undefined;
    let refusal: Outcome<EditMatch> | undefined;
    const edits: Edit[] = [];
    const places: string[] = [];
    const grows: Growth['stmt'][] = [];
    for (const { place, growths, hidden } of growingPlaces(facts, code)) {
      const copies = growths.filter(({ form }) => form === 'rebind');
      const first = copies[0]?.added[0];
      if (!first || copies.length < growths.length || place.includes('.') || typeOf(first, facts, code, cx)?.type !== 'list') continue;
      if (loopsAround(facts, cx).some((outer) => growingPlaces(outer, code).some((each) => each.place === place))) continue;
      const shared = sharedAt(place, growths, hidden, code, cx);
      if (shared) {
        const why = `\`${place}\` may have another name, which would see it grow (line ${shared.expr.span.start.line + 1}).`;
        refusal ??= refuse('shared', why, 'Copy it once where it gets its second name, and append after that.', shared.expr.span);
        continue;
      }
      const walked = usesOf(place, code).here.find(
        (use) => roleOf(use).kind === 'iterated' && growths.some(({ stmt }) => inside(stmt.span, use.stmt.span)),
      );
      if (walked) {
        const why = `The loop over \`${place}\` would see what is added to it on the way.`;
        refusal ??= refuse('walked', why, 'Walk over a copy, or collect what is added in a list of its own.', walked.expr.span);
        continue;
      }
      edits.push(...copies.map((growth) => grown(place, growth, code, cx)));
      grows.push(...copies.map(({ stmt }) => stmt));
      places.push(place);
    }
    if (places.length === 0) return refusal;
    const title = `Append to ${places.map((place) => `\`${place}\``).join(' and ')} in place of copying`;
    return ok(finish(facts, code, { title, edits, cost: savingCost(facts.hotspot, placesOf(grows, code), 0.03, cx), assumptions: [] }));
  },

  rewrite: (match) => match.edits,
});

/** The first place where the list may get a second name before the loop is over; null: it has none. */
function sharedAt(place: string, growths: readonly Growth[], hidden: unknown, code: Code, cx: Context): { expr: Expr } | null {
  const [first] = growths;
  if (!first) return null;
  const at = { expr: first.added[0] ?? { kind: 'name', name: place, span: first.stmt.span } };
  if (hidden !== null || isParameter(place, code) || code.module.globals.includes(place)) return at;
  const given = valuesGiven(place, code);
  if (!given.every((value) => value !== null && isNew(value, code, cx))) return at;
  const names = (use: Use): boolean => {
    const role = roleOf(use);
    const growth = growths.some(({ stmt }) => sameSpan(stmt.span, use.stmt.span));
    return !growth && (role.kind === 'value' || role.kind === 'operand' || (role.kind === 'argument' && !/^(len|sum|min|max|sorted|print|str|list|tuple|set)$/.test(calleeName(role.call)))); // prettier-ignore
  };
  // After the growing is over, it may be handed on as anyone likes, unless an outer loop brings the growing back.
  const loops = (use: Use): boolean =>
    use.around.some(({ stmt }) => stmt.kind === 'loop' && growths.some((growth) => inside(growth.stmt.span, stmt.span)));
  const fresh = (use: Use): boolean => isMadeAgain(place, use, growths, code);
  const last = growths[growths.length - 1]?.stmt.span.start.line ?? 0;
  return usesOf(place, code).here.find((use) => names(use) && (use.expr.span.start.line <= last || (loops(use) && !fresh(use)))) ?? null;
}

const calleeName = (call: Expr & { kind: 'call' }): string => (call.callee.kind === 'name' ? call.callee.name : '');

/** `items = []` stands in the same block as the use, before it and before the loop that grows it: each round has a list of its own. */
function isMadeAgain(place: string, use: Use, growths: readonly Growth[], code: Code): boolean {
  return use.around.some(({ block, index, stmt }) => {
    if (growths.some((growth) => inside(growth.stmt.span, stmt.span))) return false;
    const before = block.slice(0, index);
    const grows = before.findIndex((one) => growths.some((growth) => inside(growth.stmt.span, one.span)));
    const made = before.findIndex((one) => one.kind === 'assign' && one.targets.length === 1 && one.targets[0]?.kind === 'name' && one.targets[0].name === place && !growths.some(({ stmt: each }) => each === one)); // prettier-ignore
    return made >= 0 && grows > made && code.body.length > 0;
  });
}

function grown(place: string, growth: Growth, code: Code, cx: Context): Edit {
  const [only, ...others] = growth.added;
  const [item, ...more] = only?.kind === 'collection' && only.type === 'list' ? only.items : [];
  const single = others.length === 0 && item !== undefined && more.length === 0 && item.kind !== 'spread';
  const text = single ? `append(${cx.slice(code.file, item.span)})` : `extend(${addedText(growth, cx, code.file)})`;
  return cx.edit(code.file, growth.stmt.span, `${place}.${text}`);
}
