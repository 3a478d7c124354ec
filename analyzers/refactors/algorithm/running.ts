import type { Edit, Expr, IndexSpace, LoopFacts } from '../../types';
import { ok, refuse, type Outcome } from '../../platform/result';
import { lineOf, sameSpan } from '../../platform/span';
import { dottedName } from '../../syntax/python-loops';
import { boundNames, eachExpr, eachStmt } from '../../syntax/python-walk';
import { inside, type Code } from './code';
import { placesOf, savingCost, searchLeft } from './cost';
import { definitionAbove } from './definition';
import { derivedName, finish, keyOf, linesBefore, placeBefore, type EditMatch } from './edit';
import { loopsAround, tripExprs } from './loop';
import { staysDuring } from './stays';
import { typeOf } from './types';
import type { Context } from '../refactor';

type Call = Expr & { kind: 'call' };
type Slice = Expr & { kind: 'slice' };
/** `sum(items[a:b])`, `max(items[:b])`: all those of one list and one builtin. */
interface Running {
  place: string;
  list: Expr;
  fold: 'sum' | 'min' | 'max';
  calls: { call: Call; slice: Slice }[];
}

/** Sums of floats are rounded in another order. */
const TOLERANCE = 1e-9;

/** Sums, least and largest items of slices of a list that stays as it is, from running ones that are worked out once. */
export function planRunning(facts: LoopFacts, code: Code, cx: Context): Outcome<EditMatch> | undefined {
  const step = placeBefore(facts, code, cx);
  const edits: Edit[] = [];
  const assumptions: string[] = [];
  const done: Running[] = [];
  let tolerance = 0;
  let refusal: Outcome<never> | undefined;
  for (const running of runningIn(facts, code, cx)) {
    if (loopsAround(facts, cx).some((outer) => runningIn(outer, code, cx).some((each) => each.place === running.place) && judge(running, outer, code, cx).ok)) continue; // prettier-ignore
    const hopes = judge(running, facts, code, cx);
    if (!hopes.ok || step === null) {
      refusal ??= hopes.ok ? refuse('shared-line', 'There is no line of its own before the loop where the sums could be worked out.', 'Put the loop on a line of its own.', facts.ir.span) : hopes; // prettier-ignore
      continue;
    }
    const written = running.calls.map(({ slice }) => (running.fold === 'sum' ? sumText(slice, running, facts, code, cx) : extremeText(slice, running, facts, cx))); // prettier-ignore
    if (written.includes(null)) continue;
    const accumulate = cx.importName(code.file, 'itertools', { name: 'accumulate' });
    if (accumulate.edit && !edits.some(({ newText }) => newText === accumulate.edit?.newText)) edits.unshift(accumulate.edit);
    const name = nameOf(running, cx, code.file);
    const list = cx.slice(code.file, running.list.span);
    const made = running.fold === 'sum' ? `${accumulate.written}(${list}, initial=0)` : `${accumulate.written}(${list}, ${running.fold})`;
    edits.push(linesBefore(step, [`${name} = list(${made})`], cx, code.file));
    if (written.some((text) => text?.startsWith(`${helperName(cx, code.file)}(`))) edits.push(helper(facts, code, cx));
    running.calls.forEach(({ call }, index) => edits.push(cx.edit(code.file, call.span, written[index] ?? '')));
    tolerance = Math.max(tolerance, hopes.value.tolerance);
    assumptions.push(...hopes.value.assumptions);
    done.push(running);
  }
  const [first] = done;
  if (!first) return refusal;
  const what = { sum: 'running sums', min: 'least items so far', max: 'largest items so far' }[first.fold];
  const length = typeOf(first.list, facts, code, cx)?.length;
  const cost = savingCost(facts.hotspot, placesOf(done.flatMap(({ calls }) => calls.map(({ call }) => call)), code), searchLeft(length), cx); // prettier-ignore
  return ok(finish(facts, code, { title: `Work out the ${what} of \`${first.place}\` once`, edits, cost, assumptions, tolerance }));
}

function runningIn(facts: LoopFacts, code: Code, cx: Context): Running[] {
  const found = new Map<string, Running>();
  for (const expr of tripExprs(facts.ir)) {
    const [part, another] = expr.kind === 'call' ? expr.args : [];
    if (expr.kind !== 'call' || expr.keywords.length > 0 || another || part?.kind !== 'subscript' || part.index.kind !== 'slice') continue;
    const fold = /^builtins\.(sum|min|max)$/.exec(cx.resolve(expr.callee, code.file, expr.span.start) ?? '')?.[1];
    const place = dottedName(part.object);
    const type = place === null ? null : typeOf(part.object, facts, code, cx)?.type;
    if (fold === undefined || place === null || part.index.step !== null || (type !== 'list' && type !== 'tuple')) continue;
    const key = `${fold} ${place}`;
    const known = found.get(key) ?? { place, list: part.object, fold: fold as Running['fold'], calls: [] };
    known.calls.push({ call: expr, slice: part.index });
    found.set(key, known);
  }
  return [...found.values()];
}

/** What must hold, and how exact the results are. Refuses 'list-changes', 'no-numbers' and 'compared'. */
function judge(
  { place, list, fold, calls }: Running,
  facts: LoopFacts,
  code: Code,
  cx: Context,
): Outcome<{ assumptions: string[]; tolerance: number }> {
  // prettier-ignore
  const stays = staysDuring(place, facts, code, cx);
  if (stays.change ?? stays.appends[0]) {
    const why = stays.change?.why ?? `\`${place}\` grows inside the loop.`;
    return refuse('list-changes', why, 'Keep the sum up to date yourself where you change the list.', stays.change?.span ?? list.span);
  }
  if (fold !== 'sum') return ok({ assumptions: stays.assumptions, tolerance: 0 });
  const elements = typeOf(list, facts, code, cx)?.elements;
  const other = elements?.find((type) => !/^(int|bool|float)$/.test(type));
  if (other !== undefined) return refuse('no-numbers', `\`${place}\` holds a ${other}, which is not known to be added up exactly.`, 'Keep plain numbers in the list.', list.span); // prettier-ignore
  const exact = elements !== undefined && !elements.includes('float');
  const assumptions = exact
    ? [`\`${place}\` holds whole numbers alone.`]
    : [`\`${place}\` holds numbers alone, none of them infinite, NaN, or so large that nothing is left of the others beside it.`];
  // From the start, floats are added in the order in which `sum` adds them, which from Python 3.12 on corrects its rounding.
  const [major, minor] = cx.interpreter.version;
  const alike = calls.every(({ slice }) => slice.lower === null) && major === 3 && minor < 12;
  const told = exact || alike ? null : toldApart(calls, facts);
  if (told !== null) return refuse('compared', `Sums of \`${place}\` are rounded in another order, and ${lineOf(told.span)} asks whether they are equal.`, 'Compare with a tolerance: `math.isclose`.', told.span); // prettier-ignore
  return ok({ assumptions: [...assumptions, ...stays.assumptions], tolerance: exact || alike ? 0 : TOLERANCE });
}

/** A comparison in which the least difference of a sum shows, whether it stands there itself or under a name. */
function toldApart(calls: Running['calls'], { ir }: LoopFacts): Expr | null {
  const isSum = (part: Expr): boolean => calls.some(({ call }) => sameSpan(call.span, part.span));
  const holdsSum = (expr: Expr): boolean => [...eachExpr(expr)].some(isSum);
  const names = new Set(
    [...eachStmt(ir.body)].flatMap((stmt) => (stmt.kind === 'assign' && holdsSum(stmt.value) ? stmt.targets.flatMap(boundNames) : [])),
  );
  const shows = (part: Expr): boolean => isSum(part) || (part.kind === 'name' && names.has(part.name));
  return (
    tripExprs(ir).find(
      (expr) => expr.kind === 'compare' && expr.rest.some(({ op }) => /^(==|!=|in|not in)$/.test(op)) && [...eachExpr(expr)].some(shows),
    ) ?? null
  );
}

const nameOf = ({ place, fold }: Running, cx: Context, file: string): string => derivedName(place, { sum: 'sums', min: 'minima', max: 'maxima' }[fold], cx, file); // prettier-ignore

/** The sum of a slice: a difference where its ends are sure to lie in the list, else by a function that cuts them as a slice does. */
function sumText({ lower, upper }: Slice, running: Running, facts: LoopFacts, code: Code, cx: Context): string | null {
  const sums = nameOf(running, cx, code.file);
  const text = (expr: Expr | null): string => (expr === null ? 'None' : cx.slice(code.file, expr.span));
  if (lower === null && upper !== null && offsetOf(upper, running, facts, cx) !== null) return `${sums}[${text(upper)}]`;
  return `${helperName(cx, code.file)}(${sums}, ${text(lower)}, ${text(upper)})`;
}

/** `max(items[:i])` where `i` is one of 1 .. len(items). */
function extremeText({ lower, upper }: Slice, running: Running, facts: LoopFacts, cx: Context): string | null {
  const offset = lower === null && upper !== null ? offsetOf(upper, running, facts, cx) : null;
  if (offset === null || upper === null) return null;
  const { name, least, add } = offset;
  if (least + add < 1) return null;
  return `${nameOf(running, cx, facts.file)}[${add === 1 ? name : `${name} - 1`}]`;
}

/** `i` or `i + 1`, where the loop gives `i` the positions of the list, in order, from a known one on. */
function offsetOf(expr: Expr, { list }: Running, facts: LoopFacts, cx: Context): { name: string; least: number; add: 0 | 1 } | null {
  const plus = expr.kind === 'binary' && expr.op === '+' && expr.right.kind === 'number' && expr.right.text === '1';
  const name = plus ? expr.left : expr;
  if (name.kind !== 'name' || facts.writes.filter((one) => one === name.name).length > 0 && !facts.indices.includes(name.name)) return null; // prettier-ignore
  const loops = [facts, ...loopsAround(facts, cx)].filter(({ ir }) => inside(expr.span, ir.span));
  for (const { ir } of loops) {
    const least = positionsOf(ir.space, ir.target, name.name, list, cx, facts.file);
    if (least !== null) return { name: name.name, least, add: plus ? 1 : 0 };
  }
  return null;
}

/** The first position that the loop gives the name, where it gives it positions of the list; null where it gives it anything else. */
function positionsOf(space: IndexSpace, target: Expr | null, name: string, list: Expr, cx: Context, file: string): number | null {
  if (space.kind === 'range' && target?.kind === 'name' && target.name === name && space.step === null) {
    const { start, stop } = space;
    const [of] = stop.kind === 'call' && cx.resolve(stop.callee, file, stop.span.start) === 'builtins.len' ? stop.args : [];
    if (!of || keyOf(of) !== keyOf(list)) return null;
    if (start === null) return 0;
    return start.kind === 'number' && /^\d+$/.test(start.text) ? Number(start.text) : null;
  }
  if (space.kind === 'enumerate' && space.start === null && target?.kind === 'collection') {
    const [first] = target.items;
    return first?.kind === 'name' && first.name === name && space.of.kind === 'sequence' && keyOf(space.of.value) === keyOf(list) ? 0 : null;
  }
  return null;
}

/** The name of the function that cuts the ends of a slice: that of the file where it is there already. */
const helperName = (cx: Context, file: string): string => cx.freshName('slice_sum', file);

function helper({ ir }: LoopFacts, code: Code, cx: Context): Edit {
  const unit = cx.indentUnit(code.file);
  const lines = [
    `def ${helperName(cx, code.file)}(sums, start, stop):`,
    `${unit}"""Sum of the items from start to stop, by the running sums of all."""`,
    `${unit}start, stop, _ = slice(start, stop).indices(len(sums) - 1)`,
    `${unit}return sums[stop] - sums[start] if start < stop else 0`,
  ];
  return definitionAbove(ir, lines, code, cx);
}
