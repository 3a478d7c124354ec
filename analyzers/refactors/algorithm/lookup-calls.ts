import type { Edit, Expr, FunctionFacts, FunctionIR, LoopFacts } from '../../types';
import { ok, refuse, type Outcome } from '../../platform/result';
import { dottedName } from '../../syntax/python-loops';
import { boundNames, eachExpr, stmtNames } from '../../syntax/python-walk';
import { finishFunction } from './callers';
import { codeOfFunction, usesOf, type Code } from './code';
import { companionEdits, companionName, lifetimeOf, namedItem } from './companion';
import { placesOf, savingCost, searchLeft } from './cost';
import { derivedName, finish, isRepeatable, keyOf, linesBefore, placeBefore, type EditMatch } from './edit';
import { fieldChange } from './key-fields';
import { keyAssumptions, keyChange, keyName, keyText, leaking, readOutside, unhashableKey } from './lookup';
import { loopsAround, tripExprs } from './loop';
import { roleOf } from './roles';
import { isPlainScan, isRebound, namesIn, scansInBody, type Scan } from './scans';
import { parameterOf, staysDuring } from './stays';
import { typeOf } from './types';
import type { Context } from '../refactor';

type Call = Expr & { kind: 'call' };

/** `find(items, wanted)` in a hot loop, where the function goes through the items for those with a given key: it is given those alone. */
export function planIndexForCallees(facts: LoopFacts, code: Code, cx: Context): Outcome<EditMatch> | undefined {
  for (const expr of tripExprs(facts.ir)) {
    if (expr.kind !== 'call') continue;
    for (const index of expr.args.keys()) {
      const plan = planCall(expr, index, facts, code, cx);
      if (plan === null) continue;
      if (plan.ok && loopsAround(facts, cx).some((outer) => planCall(expr, index, outer, code, cx)?.ok === true)) continue;
      return plan;
    }
  }
  return undefined;
}

function planCall(call: Call, index: number, facts: LoopFacts, code: Code, cx: Context): Outcome<EditMatch> | null {
  const list = call.args[index];
  const place = list ? dottedName(list) : null;
  const given = place === null ? null : parameterOf(call, index, code, cx);
  const type = given === null || !list ? null : typeOf(list, facts, code, cx);
  if (!list || place === null || given === null || (type !== null && type.type !== 'list' && type.type !== 'tuple')) return null;
  const purity = facts.calls.find(({ span }) => span.start.line === call.span.start.line && span.start.character === call.span.start.character)?.purity; // prettier-ignore
  const scan = scanOfParameter(given.fn, given.param.name, cx);
  if (scan === null || (purity !== 'pure' && purity !== 'reads')) return null;
  const wanted = argumentFor(scan.wanted, given.fn, call, code, cx);
  if (wanted === null) return null;
  const stays = staysDuring(place, facts, code, cx);
  if (stays.change ?? stays.appends[0]) {
    const why = stays.change?.why ?? `\`${place}\` grows inside the loop.`;
    return refuse('list-changes', why, 'Keep the index up to date yourself where you change the list.', stays.change?.span ?? list.span);
  }
  const bad = keyChange(scan, facts, code, cx) ?? unhashableKey([wanted.type], scan.key, code);
  if (bad !== null) return bad;
  const step = placeBefore(facts, code, cx);
  if (step === null || isTaken(scan, code)) return null;
  const name = derivedName(place, `by_${keyName(scan.key)}`, cx, code.file);
  const lines = indexLines(name, cx.slice(code.file, list.span), scan, code, cx);
  const edits: Edit[] = [linesBefore(step, lines, cx, code.file), cx.edit(code.file, list.span, `${name}.get(${wanted.text}, ())`)];
  const assumptions = [...keyAssumptions(scan, place), ...stays.assumptions];
  const inner = [{ file: given.fn.file, span: scan.inner.span }, ...placesOf([call], code)];
  const cost = savingCost(facts.hotspot, inner, searchLeft(type?.length), cx);
  return ok(finish(facts, code, { title: `Index \`${place}\` by \`${cx.slice(given.fn.file, scan.key.span)}\``, edits, cost, assumptions }));
}

/** The one way in which a function goes through a parameter, where it does nothing else with it. */
function scanOfParameter(fn: FunctionIR, name: string, cx: Context): (Scan & { file: string }) | null {
  const inner = codeOfFunction(fn, cx);
  const { here, hidden } = usesOf(name, inner);
  const scans = scansInBody(fn.body).filter((one) => one.place === name && isPlainScan(one));
  const [scan] = scans;
  if (hidden !== null || scan === undefined || here.length !== scans.length || !here.every((use) => roleOf(use).kind === 'iterated')) return null;
  const written = stmtNames(fn.body).writes;
  const alike = scans.every((one) => keyOf(one.key) === keyOf(scan.key) && keyOf(one.wanted) === keyOf(scan.wanted));
  const fixed = namesIn(scan.wanted).every((one) => !written.has(one) && fn.params.some((param) => param.name === one && param.kind === 'plain'));
  return alike && fixed && scans.every((one) => isSelfContained(one, fn)) ? { ...scan, file: fn.file } : null;
}

/** The key is of the item alone, and nobody asks for the last item afterwards. */
function isSelfContained({ inner, target, key, comprehension }: Scan, fn: FunctionIR): boolean {
  const bound = boundNames(target);
  return namesIn(key).every((name) => bound.includes(name)) && (comprehension || !bound.some((name) => readOutside(name, inner, fn.body)));
}

/** What a call gives a function to look for, as the caller would write it; null where that is not plain. */
function argumentFor(wanted: Expr, fn: FunctionIR, call: Call, code: Code, cx: Context): { text: string; type: string | undefined } | null {
  const { span } = wanted;
  let text = cx.slice(fn.file, span);
  if (span.start.line !== span.end.line) return null;
  const parts = [...eachExpr(wanted)].filter((part) => part.kind === 'name').sort((a, b) => b.span.start.character - a.span.start.character);
  let type: string | undefined;
  for (const part of parts) {
    const at = fn.params.findIndex(({ name }) => name === part.name) - (fn.method ? 1 : 0);
    const arg = call.args[at] ?? call.keywords.find(({ name }) => name === part.name)?.value;
    if (arg === undefined || !isRepeatable(arg)) return null;
    const from = part.span.start.character - span.start.character;
    const plain = arg.kind === 'binary' || arg.kind === 'unary' ? `(${cx.slice(code.file, arg.span)})` : cx.slice(code.file, arg.span);
    text = text.slice(0, from) + plain + text.slice(from + part.name.length);
    if (part === wanted) type = typeOf(arg, { file: code.file, values: {} }, code, cx)?.type;
  }
  return { text, type };
}

/** Names of items that are taken apart mean something else in that code, and have no others. */
const isTaken = ({ target }: Scan, code: Code): boolean => target.kind !== 'name' && leaking(target, code) !== null;

/** Lines that make the index; the items get a name of their own where theirs means something else in that code. */
function indexLines(name: string, list: string, scan: Scan & { file: string }, code: Code, cx: Context): string[] {
  const { target, file } = scan;
  const taken = leaking(target, code) !== null && target.kind === 'name';
  const item = taken ? cx.freshName('item', code.file) : cx.slice(file, target.span);
  const written = target.kind === 'collection' && !item.startsWith('(') ? `(${item})` : item;
  return [
    `${name} = {}`,
    `for ${item} in ${list}:`,
    `${cx.indentUnit(code.file)}${name}.setdefault(${keyText(scan, item, cx)}, []).append(${written})`,
  ];
}

/** A method that goes through a field of its object for the items with a given key, or a function that does so with a variable of the module: the index is kept beside the list. */
export function planLastingIndex(facts: FunctionFacts, cx: Context): Outcome<EditMatch> | undefined {
  const { function: fn } = facts;
  const code = codeOfFunction(fn, cx);
  let refusal: Outcome<never> | undefined;
  for (const found of scansInBody(fn.body).filter(isPlainScan)) {
    const { place, list, inner, key, wanted } = found;
    const type = typeOf(list, facts, code, cx);
    if ((type !== null && type.type !== 'list') || !isSelfContained(found, fn) || namesIn(wanted).some((name) => isRebound(name, inner.body))) continue; // prettier-ignore
    const life = lifetimeOf(place, code, cx);
    if (life === null) continue;
    const bad = life.ok ? (fieldChange(key, cx) ?? unhashableKey([typeOf(wanted, facts, code, cx)?.type], key, code)) : life;
    const grown = life.ok ? life.value.grown : [];
    if (bad !== null || !life.ok) {
      refusal ??= bad ?? undefined;
      continue;
    }
    if (life.value.made.some((at) => isTaken(found, at.code))) continue;
    const named = grown.map((at) => namedItem(at, place, cx));
    if (key.span.start.line !== key.span.end.line || named.includes(null)) continue;
    const scan = { ...found, file: fn.file };
    const fresh = companionName(place, `by_${keyName(key)}`, '', cx, fn.file);
    const beside = (written: string): string => `${written.slice(0, written.lastIndexOf('.') + 1)}${fresh}`;
    const edits = companionEdits(
      life.value,
      {
        made: ({ place: written, stmt, code: at }) =>
          isEmpty(stmt.value) ? [`${beside(written)} = {}`] : indexLines(beside(written), written, scan, at, cx),
        grown: (at) => {
          const name = named[grown.indexOf(at)]?.name ?? '';
          return `${beside(at.place)}.setdefault(${keyText(scan, name, cx)}, []).append(${name})`;
        },
        cleared: ({ place: written }) => `${beside(written)}.clear()`,
      },
      cx,
    );
    edits.unshift(...named.flatMap((one) => one?.edits ?? []));
    edits.push(cx.edit(fn.file, list.span, `${beside(place)}.get(${cx.slice(fn.file, wanted.span)}, ())`));
    const assumptions = [`Keys of \`${place}\` can be hashed, and stay as they are while the items are in the list.`, ...life.value.assumptions];
    const cost = savingCost(facts.hotspot, placesOf([inner], code), searchLeft(type?.length), cx);
    return finishFunction(fn, { title: `Index \`${place}\` by \`${cx.slice(fn.file, key.span)}\``, edits, cost, assumptions }, cx);
  }
  return refusal;
}

const isEmpty = (value: Expr): boolean => value.kind === 'collection' && value.items.length === 0;
