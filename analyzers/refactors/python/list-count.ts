import type { Edit, Expr, LoopFacts } from '../../types';
import { ok, refuse, type Outcome } from '../../platform/result';
import { dottedName } from '../../syntax/python-loops';
import { codeOf, stepsTo, type Code } from '../algorithm/code';
import { derivedName, finish, keyOf, linesBefore, placeBefore, type EditMatch } from '../algorithm/edit';
import { placesOf, savingCost, searchLeft } from '../algorithm/cost';
import { isLazy, loopsAround, tripExprs, waitsForIo } from '../algorithm/loop';
import { staysDuring } from '../algorithm/stays';
import { hashing, typeOf } from '../algorithm/types';
import { defineRefactor, type Context } from '../refactor';

type Call = Expr & { kind: 'call' };
interface Asked {
  place: string;
  list: Expr;
  method: 'count' | 'index';
  calls: Call[];
}

/** `items.count(x)` and `items.index(x)` in a hot loop. */
export const refactor = defineRefactor<EditMatch>({
  id: 'list-count',
  family: 'algorithm',
  title: 'Count and number the items once',

  match(facts, verdict, cx): Outcome<EditMatch> | undefined {
    const code = codeOf(facts, cx);
    if (facts.ir.language !== 'python' || waitsForIo(verdict, facts) || code === null || isLazy(facts)) return undefined;
    const edits: Edit[] = [];
    const assumptions: string[] = [];
    const done: Asked[] = [];
    let refusal: Outcome<EditMatch> | undefined;
    const step = placeBefore(facts, code, cx);
    for (const asked of askedIn(facts, code, cx)) {
      const hopes = hopesOf(asked, facts, code, cx);
      if (!hopes.ok) {
        refusal ??= hopes;
        continue;
      }
      if (loopsAround(facts, cx).some((outer) => hopesOf(asked, outer, code, cx).ok)) continue;
      if (step === null) {
        refusal ??= refuse('shared-line', 'There is no line of its own before the loop where the items could be counted.', 'Put the loop on a line of its own.', facts.ir.span); // prettier-ignore
        continue;
      }
      const { place, method, calls } = asked;
      const list = cx.slice(code.file, asked.list.span);
      const name = derivedName(place, method === 'count' ? 'counts' : 'index', cx, code.file);
      if (method === 'count') {
        const counter = cx.importName(code.file, 'collections', { name: 'Counter' });
        if (counter.edit && !edits.some((edit) => edit.newText === counter.edit?.newText)) edits.unshift(counter.edit);
        edits.push(linesBefore(step, [`${name} = ${counter.written}(${list})`], cx, code.file));
      } else {
        const [position, value] = [cx.freshName('position', code.file), cx.freshName('value', code.file)];
        const unit = cx.indentUnit(code.file);
        const lines = [`${name} = {}`, `for ${position}, ${value} in enumerate(${list}):`, `${unit}${name}.setdefault(${value}, ${position})`];
        edits.push(linesBefore(step, lines, cx, code.file));
      }
      for (const call of calls) {
        const [item] = call.args;
        if (item) edits.push(cx.edit(code.file, call.span, `${name}[${cx.slice(code.file, item.span)}]`));
      }
      assumptions.push(...hopes.value);
      done.push(asked);
    }
    const [first] = done;
    if (!first) return refusal;
    const length = typeOf(first.list, facts, code, cx)?.length;
    const title = first.method === 'count' ? `Count what is in \`${first.place}\` once` : `Number what is in \`${first.place}\` once`;
    return ok(
      finish(facts, code, {
        title,
        edits,
        cost: savingCost(
          facts.hotspot,
          placesOf(
            done.flatMap(({ calls }) => calls),
            code,
          ),
          searchLeft(length),
          cx,
        ),
        assumptions,
      }),
    );
  },

  rewrite: (match) => match.edits,
});

function askedIn(facts: LoopFacts, code: Code, cx: Context): Asked[] {
  const found = new Map<string, Asked>();
  for (const expr of tripExprs(facts.ir)) {
    if (expr.kind !== 'call' || expr.callee.kind !== 'attribute' || expr.args.length !== 1 || expr.keywords.length > 0) continue;
    const { attribute: method, object } = expr.callee;
    if (method !== 'count' && method !== 'index') continue;
    const place = dottedName(object);
    const type = typeOf(object, facts, code, cx)?.type;
    if (place === null || (type !== 'list' && type !== 'tuple')) continue;
    const key = `${method} ${place}`;
    const known = found.get(key);
    if (known) known.calls.push(expr);
    else found.set(key, { place, list: object, method, calls: [expr] });
  }
  return [...found.values()];
}

/** What must hold for a dictionary to give the same answers. */
function hopesOf({ place, list, method, calls }: Asked, facts: LoopFacts, code: Code, cx: Context): Outcome<string[]> {
  const stays = staysDuring(place, facts, code, cx);
  if (stays.change ?? stays.appends[0]) {
    const why = stays.change?.why ?? `\`${place}\` grows inside the loop.`;
    return refuse('list-changes', why, 'Keep the counts up to date yourself where you change the list.', stays.change?.span ?? list.span);
  }
  const items = calls.flatMap(({ args }) => args);
  const types = [...(typeOf(list, facts, code, cx)?.elements ?? []), ...items.map((item) => typeOf(item, facts, code, cx)?.type)];
  const bad = types.find((type) => hashing(type, code) === 'no');
  if (bad !== undefined) return refuse('unhashable', `\`${place}\` holds or is asked for a ${bad}, which cannot be a key.`, 'Count something that identifies it: a number, a text or a tuple.', list.span); // prettier-ignore
  const hopes = [`Everything in \`${place}\`, and everything that is looked up in it, can be hashed, and what is equal has equal hashes.`, ...stays.assumptions]; // prettier-ignore
  if (method === 'count') return ok(hopes);
  const caught = calls.find(({ span }) => stepsTo(code.body, span).some(({ stmt }) => stmt.kind === 'try'));
  if (caught) {
    return refuse(
      'caught',
      `What \`${place}.index\` raises for a missing item is caught, and a dictionary raises another error.`,
      'Test with `in` first.',
      caught.span,
    );
  }
  // Items of the list itself are always found.
  const { space } = facts.ir;
  const own = space.kind === 'sequence' && keyOf(space.value) === keyOf(list) && facts.ir.target?.kind === 'name' ? facts.ir.target.name : null;
  const found = items.every((item) => item.kind === 'name' && item.name === own && !facts.writes.includes(own));
  return ok(
    found ? hopes : [...hopes, `Everything that is asked for is in \`${place}\`: for what is not, a KeyError comes in place of a ValueError.`],
  );
}
