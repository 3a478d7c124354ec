import type { Edit, Expr, LoopFacts } from '../../types';
import { ok, refuse, type Outcome } from '../../platform/result';
import { codeOf, stepsTo, type Code } from '../algorithm/code';
import { placesOf, savingCost } from '../algorithm/cost';
import { derivedName, finish, linesAfter, linesBefore, type EditMatch } from '../algorithm/edit';
import { addedText, growingPlaces, standsAlone, startOf, type Growth } from '../algorithm/gather';
import { loopsAround, waitsForIo } from '../algorithm/loop';
import { LIST_CHANGES } from '../algorithm/roles';
import { planTextField } from '../algorithm/text-field';
import { typeOf } from '../algorithm/types';
import { defineRefactor, type Context } from '../refactor';

/** Text or bytes that a loop builds piece by piece. */
export const refactor = defineRefactor<EditMatch>({
  id: 'string-join',
  family: 'algorithm',
  title: 'Join the pieces once',

  match(facts, verdict, cx): Outcome<EditMatch> | undefined {
    const code = codeOf(facts, cx);
    if (facts.ir.language !== 'python' || waitsForIo(verdict, facts) || code === null) return undefined;
    if (facts.ir.form !== 'for' && facts.ir.form !== 'while') return undefined;
    let refusal: Outcome<EditMatch> | undefined;
    for (const grown of growingPlaces(facts, code)) {
      const type = textType(grown.place, grown.growths, facts, code, cx);
      const placed = startOf(grown.place, facts, code);
      if (type === null || placed === null || loopsAround(facts, cx).some((outer) => isBuilt(grown.place, outer, code))) continue;
      const plan = planJoin({ ...grown, type, placed }, facts, code, cx);
      if (plan.ok) return plan;
      refusal ??= plan;
    }
    return refusal;
  },

  matchFunction: (facts, verdict, cx): Outcome<EditMatch> | undefined =>
    waitsForIo(verdict, facts) || cx.syntax(facts.file).language === 'javascript' ? undefined : planTextField(facts, cx),

  rewrite: (match) => match.edits,
});

type Grown = ReturnType<typeof growingPlaces>[number] & { type: 'str' | 'bytes'; placed: NonNullable<ReturnType<typeof startOf>> };

const isBuilt = (place: string, outer: LoopFacts, code: Code): boolean =>
  growingPlaces(outer, code).some((grown) => grown.place === place && grown.others.length === 0);

function textType(place: string, growths: readonly Growth[], facts: LoopFacts, code: Code, cx: Context): 'str' | 'bytes' | null {
  const start = startOf(place, facts, code)?.start?.value;
  const seen = facts.values[place]?.type ?? (start ? typeOf(start, facts, code, cx)?.type : undefined);
  const types = [seen, ...growths.flatMap(({ added }) => added.map((expr) => typeOf(expr, facts, code, cx)?.type))];
  return types.includes('str') ? 'str' : types.includes('bytes') ? 'bytes' : null;
}

function planJoin({ place, growths, others, hidden, type, placed }: Grown, facts: LoopFacts, code: Code, cx: Context): Outcome<EditMatch> {
  const [look] = others;
  if (look) {
    const why = `\`${place}\` is looked at in line ${look.expr.span.start.line + 1}, inside the loop, so it has to be whole in every trip.`;
    return refuse('looked-at', why, 'Look at the pieces instead, or at a count of their lengths.', look.expr.span);
  }
  const forms = new Set(growths.map(({ form }) => form === 'prepend'));
  if (forms.size > 1) {
    return refuse(
      'both-ends',
      `\`${place}\` grows at both ends.`,
      'Keep two lists of pieces, one for each end, and join them in the end.',
      facts.ir.span,
    );
  }
  const elsewhere = place.includes('.') ? otherReader(place, facts) : hidden;
  if (elsewhere) {
    const why = `\`${place}\` can be seen from elsewhere while the loop runs (line ${elsewhere.start.line + 1}).`;
    return refuse('seen-elsewhere', why, 'Build the text in a local variable, and hand it on when it is whole.', elsewhere);
  }
  const caught = stepsTo(code.body, facts.ir.span).find(({ stmt }) => stmt.kind === 'try')?.stmt;
  if (caught && !(placed.start && stepsTo(code.body, placed.start.span).some(({ stmt }) => stmt === caught))) {
    return refuse('seen-elsewhere', `An error is caught around the loop, and \`${place}\` holds what was built until then.`, 'Join the pieces in the handler, too.', caught.span); // prettier-ignore
  }
  const sure = growths.every(({ added }) => added.every((expr) => typeOf(expr, { file: facts.file, values: {} }, code, cx)?.type === type));
  const tried = growths.find(({ stmt }) => stepsTo(facts.ir.body, stmt.span).some((outer) => outer.stmt.kind === 'try'));
  if (tried && !sure) {
    return refuse('seen-elsewhere', `An error in adding to \`${place}\` is caught, and a list of pieces would take anything.`, 'Turn the piece into text first.', tried.stmt.span); // prettier-ignore
  }
  const texts = growths.map((growth) => addedText(growth, cx, code.file));
  const { step, start } = placed;
  const name = derivedName(place, 'parts', cx, code.file);
  const empty = type === 'bytes' ? `b""` : `""`;
  const prepends = growths[0]?.form === 'prepend';
  const isEmpty = start !== null && start.value.kind === 'string' && /^[bB]?(''|"")$/.test(start.value.text);
  const edits: Edit[] = [];
  if (start !== null && isEmpty && standsAlone(start, cx, code.file)) edits.push(cx.edit(code.file, start.span, `${name} = []`));
  else edits.push(linesBefore(step, [isEmpty ? `${name} = []` : `${name} = [${place}]`], cx, code.file));
  growths.forEach(({ stmt }, index) => edits.push(cx.edit(code.file, stmt.span, `${name}.append(${texts[index] ?? ''})`)));
  edits.push(linesAfter(step.stmt, [`${place} = ${empty}.join(${prepends ? `reversed(${name})` : name})`], cx, code.file));
  const assumptions = sure ? [] : [`Everything that is added to \`${place}\` is ${type === 'str' ? 'text' : 'bytes'}.`];
  if (place.includes('.')) assumptions.push(`Nobody looks at \`${place}\` after an error in the loop.`);
  return ok(
    finish(facts, code, { title: `Join the pieces of \`${place}\` once`, edits, cost: costOf(place, type, growths, facts, cx), assumptions }),
  );
}

/** The first call that might look at the field, on the object itself or through a function of the user's own. */
function otherReader(place: string, facts: LoopFacts): LoopFacts['ir']['span'] | null {
  const root = place.split('.')[0] ?? place;
  const gives = facts.flow.find(({ kind }) => kind === 'yield' || kind === 'await');
  if (gives) return gives.span;
  const call = facts.calls.find(({ written, resolved, purity }) => {
    if (resolved !== null && !resolved.includes(':')) return purity === 'unknown';
    const at = written.lastIndexOf('.');
    return written === root || written.slice(0, at) === root || at < 0 || (purity === 'unknown' && !LIST_CHANGES.has(written.slice(at + 1)));
  });
  return call?.span ?? null;
}

/** CPython lets a text that only a local variable holds grow where it is; everything else is copied in every trip. */
function costOf(place: string, type: string, growths: readonly Growth[], facts: LoopFacts, cx: Context): EditMatch['cost'] {
  const [major, minor] = cx.interpreter.version;
  const local = facts.owner !== null || (major === 3 && minor <= 10);
  const atEnd = growths.every(
    ({ form, added }: { form: Growth['form']; added: Expr[] }) => form === 'augment' || (form === 'rebind' && added.length === 1),
  );
  const grows = type === 'str' && local && atEnd && !place.includes('.') && cx.interpreter.implementation.toLowerCase() === 'cpython';
  return grows
    ? { kind: 'factor', low: 0.9, high: 1.4 }
    : savingCost(
        facts.hotspot,
        placesOf(
          growths.map(({ stmt }) => stmt),
          facts,
        ),
        0.1,
        cx,
      );
}
