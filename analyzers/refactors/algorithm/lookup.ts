import type { Edit, Expr, LoopFacts, LoopIR, Stmt } from '../../types';
import { ok, refuse, type Outcome } from '../../platform/result';
import { dottedName } from '../../syntax/python-loops';
import { boundNames, childExprs, eachExpr, eachStmt, nestedBlocks, spaceExprs, stmtExprs } from '../../syntax/python-walk';
import { clauseNames, mentions, valuesGiven, type Code } from './code';
import { derivedName, finish, keyOf, linesBefore, placeBefore, type EditMatch } from './edit';
import { placesOf, savingCost, searchLeft } from './cost';
import { LIST_CHANGES } from './roles';
import { basisOf, isRebound, namesIn, windowOf, type Scan, type Window } from './scans';
import { isNew, staysDuring } from './stays';
import { hashing, typeOf } from './types';
import type { Context } from '../refactor';

/** The items of lists by their keys, made before the hot loop, so that each trip goes through those alone that it looks for. */
export function planIndexes(scans: readonly Scan[], facts: LoopFacts, code: Code, cx: Context): Outcome<EditMatch> | undefined {
  const { file } = code;
  const step = placeBefore(facts, code, cx);
  const edits: Edit[] = [];
  const assumptions: string[] = [];
  const done: Scan[] = [];
  const indexes = new Map<string, string>();
  let refusal: Outcome<never> | undefined;
  for (const scan of scans) {
    const judged = judgeScan(scan, facts, code, cx);
    if (!judged.ok || step === null) {
      refusal ??= judged.ok ? refuse('no-place', 'There is no line of its own before the loop where the index could be made.', 'Make the index yourself before the loop.', facts.ir.span) : judged; // prettier-ignore
      continue;
    }
    const { window, assumptions: hopes } = judged.value;
    const same = indexKey(scan, window, cx, file);
    let name = indexes.get(same);
    if (name === undefined) {
      name = derivedName(scan.place, indexSuffix(scan), cx, file);
      while ([...indexes.values()].includes(name)) name += '_2';
      indexes.set(same, name);
      edits.push(linesBefore(step, linesOfIndex(name, scan, window, code, cx), cx, file));
    }
    edits.push(cx.edit(file, scan.walked, `${name}.get(${wantedText(scan, cx, file)}, ())`));
    if (window.test !== null) edits.push(cx.insert(file, scan.test.span.start, scan.skips ? `${window.test.skipped} or ` : `${window.test.asked} and `)); // prettier-ignore
    assumptions.push(...hopes);
    done.push(scan);
  }
  const [first] = done;
  if (first === undefined) return refusal;
  const title = `Index ${[...new Set(done.map(({ place, key }) => `\`${place}\` by \`${cx.slice(file, key.span)}\``))].join(' and ')}`;
  const length = typeOf(first.list, facts, code, cx)?.length;
  const inner = done.map(({ inner: each }) => each);
  const cost = savingCost(facts.hotspot, placesOf(inner, code), searchLeft(length), cx);
  return ok(finish(facts, code, { title, edits, cost, assumptions }));
}

/** Whether an index would find what a scan does. */
export function judgeScan(scan: Scan, facts: LoopFacts, code: Code, cx: Context): Outcome<{ window: Window; assumptions: string[] }> {
  const { inner, walked, place, target, setup, key, wanted, moved, comprehension } = scan;
  const kept = heldStays(scan, facts, code, cx);
  if (!kept.ok) return kept;
  const window = windowOf(scan, facts, code, cx);
  if (window === null) {
    return refuse(
      'bounds-change',
      'How far the inner loop goes changes from trip to trip.',
      'Go through all of the list, and test the position.',
      walked,
    );
  }
  const own = [target, ...setup.flatMap(({ targets }) => targets)].flatMap(boundNames);
  const free = basisOf(scan).flatMap(namesIn).filter((name) => !own.includes(name)); // prettier-ignore
  const varies = free.find((name) => facts.writes.includes(name) || facts.indices.includes(name));
  if (varies !== undefined) {
    return refuse(
      'key-changes',
      `The key depends on \`${varies}\`, which changes from trip to trip.`,
      'Compare something of the item alone.',
      key.span,
    );
  }
  const sought = [wanted, ...(moved ? [moved.by] : [])];
  const rebound = sought.flatMap(namesIn).find((name) => isRebound(name, inner.body));
  if (rebound !== undefined) {
    return refuse('key-changes', `\`${rebound}\`, which is looked for, gets another value inside the inner loop.`, 'Leave the inner loop with `break` right after that.', inner.span); // prettier-ignore
  }
  const types = [...sought, key].map((expr) => typeOf(expr, facts, code, cx)?.type);
  const bad = keyChange(scan, facts, code, cx) ?? unhashableKey(types, key, code);
  if (bad !== null) return bad;
  if (moved !== null && !types.every((type) => type === 'int')) {
    return refuse('not-whole', 'What is compared is a sum, which only for whole numbers is the same as looking for the difference.', 'Compare with a value that is worked out before.', key.span); // prettier-ignore
  }
  const leaks = target.kind === 'name' ? null : leaking(target, code);
  if (leaks !== null && isTaken(scan, code)) {
    return refuse('no-place', `\`${leaks}\` means something else around the comprehension, and making the index would overwrite it.`, 'Make the index yourself before the loop.', facts.ir.span); // prettier-ignore
  }
  const last = own.find((name) => !comprehension && (facts.liveOut.includes(name) || readOutside(name, inner, facts.ir.body)));
  if (last !== undefined) {
    return refuse('last-item', `\`${last}\` is read after the inner loop, where it is the last item that was walked over.`, 'Give what you need a name of its own inside the `if`.', inner.span); // prettier-ignore
  }
  const whole = moved === null ? [] : [`\`${place}\` holds whole numbers alone, and what is looked for is one.`];
  return ok({ window, assumptions: [...keyAssumptions(scan, place), ...whole, ...kept.value] });
}

/** The same for scans that one index serves, whatever they call an item. */
function indexKey({ target, key, setup, place }: Scan, { walked }: Window, cx: Context, file: string): string {
  const named = (expr: Expr): string =>
    target.kind === 'name' && setup.length === 0
      ? keyOf(expr).replaceAll(JSON.stringify({ kind: 'name', name: target.name }), '"item"')
      : `${cx.slice(file, target.span)} ${cx.slice(file, expr.span)}`;
  return [place, walked, named(key)].join(' | ');
}

function linesOfIndex(name: string, scan: Scan, { walked }: Window, code: Code, cx: Context): string[] {
  const { file } = code;
  const { target, setup } = scan;
  const item = isTaken(scan, code) ? cx.freshName('item', file) : cx.slice(file, target.span);
  const written = target.kind === 'collection' && !item.startsWith('(') ? `(${item})` : item;
  const unit = cx.indentUnit(file);
  return [
    `${name} = {}`,
    `for ${item} in ${walked}:`,
    ...setup.map(({ span }) => `${unit}${cx.slice(file, span)}`),
    `${unit}${name}.setdefault(${keyText({ ...scan, file }, item, cx)}, []).append(${written})`,
  ];
}

/** The name of an item means something else around the comprehension, where the index is made. */
const isTaken = ({ target, comprehension }: Scan, code: Code): boolean => comprehension && leaking(target, code) !== null;

/** What must hold besides for everything that is walked over to stay as it is. Refuses 'list-changes' and 'no-list'. */
function heldStays({ held, inner }: Scan, facts: LoopFacts, code: Code, cx: Context): Outcome<string[]> {
  const assumptions: string[] = [];
  for (const list of held) {
    const place = dottedName(list) ?? '';
    const stays = staysDuring(place, facts, code, cx);
    if (stays.change ?? stays.appends[0]) {
      const why = stays.change?.why ?? `\`${place}\` grows inside the loop.`;
      return refuse('list-changes', why, 'Keep the index up to date yourself where you change the list.', stays.change?.span ?? list.span);
    }
    const type = typeOf(list, facts, code, cx)?.type;
    const walkable = inner.space.kind === 'dict' ? type === 'dict' : type === undefined || type === 'list' || type === 'tuple';
    if (!walkable) {
      return refuse(
        'no-list',
        `\`${place}\` is ${type === undefined ? 'not known to be a plain dictionary' : `a ${type}`}; only a list or tuple can be walked again at no cost.`,
        'Make a list of it first.',
        list.span,
      );
    }
    assumptions.push(...stays.assumptions);
  }
  return ok(assumptions);
}

/** An index looks at every item, where the loop might have left before it came to a strange one. */
export const keyAssumptions = ({ key, held, setup }: Pick<Scan, 'key' | 'held' | 'setup'>, place: string): string[] => [
  (key.kind === 'name' && setup.length === 0) || (key.kind === 'subscript' && held.some((list) => keyOf(list) === keyOf(key.object)))
    ? `Keys of \`${place}\` can be hashed, and what is equal has equal hashes.`
    : `Every item of \`${place}\` has a key, which can be hashed, and what is equal has equal hashes.`,
];

/** What is looked for, as text; what is added to the key goes to the other side. */
function wantedText({ wanted, moved }: Scan, cx: Context, file: string): string {
  const text = cx.slice(file, wanted.span);
  if (moved === null) return text;
  const loose = (expr: Expr): boolean => expr.kind === 'binary' || expr.kind === 'unary';
  const closed = (expr: Expr): string => (loose(expr) ? `(${cx.slice(file, expr.span)})` : cx.slice(file, expr.span));
  return `${closed(wanted)} ${moved.op} ${closed(moved.by)}`;
}

/** `xs[j]` by `j` are positions of `xs`, and not fields of what it holds. */
const indexSuffix = ({ key, held, inner }: Scan): string =>
  inner.space.kind === 'range' && key.kind === 'subscript' && held.some((list) => keyOf(list) === keyOf(key.object)) ? 'positions' : `by_${keyName(key)}`; // prettier-ignore

/** Why a key may change while the loop runs; null: it does not. */
export function keyChange(scan: Pick<Scan, 'target' | 'key' | 'wanted' | 'setup'>, facts: LoopFacts, code: Code, cx: Context): Outcome<never> | null {
  const { target, key, wanted } = scan;
  const basis = basisOf(scan);
  // Key and item may be given something else only where nothing of that field is stored.
  const fields = [...basis, wanted].flatMap((side) => [...eachExpr(side)]).flatMap((part) => (part.kind === 'attribute' ? [part.attribute] : []));
  const subscripted = basis.some((expr) => [...eachExpr(expr)].some((part) => part.kind === 'subscript'));
  const stored = facts.stores.find(
    (store) =>
      (store.kind === 'attribute' && store.target.kind === 'attribute' && fields.includes(store.target.attribute)) ||
      (subscripted && store.kind === 'subscript' && mayHoldKey(store.target, target, basis, facts, code, cx)),
  );
  if (stored) {
    return refuse('key-changes', `The key may be changed in line ${stored.span.start.line + 1}, inside the loop.`, 'Change it after the loop, or keep the index up to date yourself.', stored.span); // prettier-ignore
  }
  const unknown = facts.calls.find(({ purity, changes, written, resolved }) => purity === 'unknown' || (purity === 'mutates' && changes === undefined && !(resolved === null && LIST_CHANGES.has(written.slice(written.lastIndexOf('.') + 1))))); // prettier-ignore
  if (unknown && (key.kind !== 'name' || scan.setup.length > 0)) {
    return refuse('key-changes', `\`${unknown.written}\` (line ${unknown.span.start.line + 1}) may change a key.`, 'Collect the items in the loop, and change them after it.', unknown.span); // prettier-ignore
  }
  return null;
}

export function unhashableKey(types: readonly (string | undefined)[], key: Expr, code: Code): Outcome<never> | null {
  const bad = types.find((each) => hashing(each, code) === 'no');
  return bad === undefined ? null : refuse('unhashable', `What is compared is a ${bad}, which cannot be a key.`, 'Compare something that identifies it: a number, a text or a tuple.', key.span); // prettier-ignore
}

/** A store into a subscript may hit the key's field: of the item itself, or of anything with a field that is written alike. */
function mayHoldKey(stored: Expr, target: Expr, basis: readonly Expr[], facts: LoopFacts, code: Code, cx: Context): boolean {
  if (stored.kind !== 'subscript') return false;
  const text = (expr: Expr): string => JSON.stringify(expr, (name, value: unknown) => (name === 'span' ? undefined : value));
  const constant = stored.index.kind === 'string' || stored.index.kind === 'number';
  const keys = basis.flatMap((expr) => [...eachExpr(expr)].flatMap((part) => (part.kind === 'subscript' ? [part.index] : [])));
  // Two constant fields are the same field only where they are written alike (or 0 and -3, of a list).
  if (constant && stored.index.kind === 'string') return keys.some((index) => index.kind !== 'string' || text(index) === text(stored.index));
  const root = dottedName(stored.object);
  if (root === null || boundNames(target).includes(root) || facts.indices.includes(root)) return true;
  // A name that the loop gives to things may be given to an item.
  return facts.writes.includes(root) && !valuesGiven(root, code).every((value) => value !== null && isNew(value, code, cx));
}

/** The key of an item that is called something else. */
export function keyText({ key, target, file }: Pick<Scan, 'key' | 'target'> & { file: string }, item: string, cx: Context): string {
  let text = cx.slice(file, key.span);
  if (target.kind === 'collection' && key.kind === 'name') {
    const at = target.items.findIndex((part) => part.kind === 'name' && part.name === key.name);
    return at < 0 || item === cx.slice(file, target.span) ? text : `${item}[${at}]`;
  }
  if (target.kind !== 'name' || target.name === item) return text;
  const parts = [...eachExpr(key)].filter((part) => part.kind === 'name' && part.name === target.name);
  for (const { span } of parts.sort((a, b) => b.span.start.character - a.span.start.character)) {
    const from = span.start.character - key.span.start.character;
    text = text.slice(0, from) + item + text.slice(from + target.name.length);
  }
  return text;
}

/** Around a comprehension its names mean something else, if anything: an index made by a loop would change that. */
export function leaking(target: Expr, code: Code): string | null {
  return (
    boundNames(target).find((name) => {
      const bound = [...eachStmt(code.body)].some((stmt) => (stmt.kind === 'assign' && stmt.targets.some((each) => boundNames(each).includes(name))) || (stmt.kind === 'loop' && stmt.loop.target !== null && boundNames(stmt.loop.target).includes(name)) || (stmt.kind === 'opaque' && stmt.writes.includes(name))); // prettier-ignore
      return bound || code.owner?.params.some((param) => param.name === name) === true || code.module.globals.includes(name);
    }) ?? null
  );
}

/** Read in the hot loop but outside of the inner one: after it, or in the next trip before it. */
export function readOutside(name: string, inner: LoopIR, body: readonly Stmt[]): boolean {
  const walk = (block: readonly Stmt[]): boolean =>
    block.some((stmt) => {
      if (stmt.kind === 'loop' && stmt.loop === inner) return stmt.loop.otherwise.some((each) => walk([each]));
      const direct = stmtExprs(stmt).some((expr) => readsName(expr, name));
      return direct || (stmt.kind === 'opaque' && stmt.reads.includes(name)) || nestedBlocks(stmt).some(walk);
    });
  return walk(body);
}

/** A comprehension that binds the name itself reads another variable. */
const readsName = (expr: Expr, name: string): boolean =>
  expr.kind === 'loop' && clauseNames(expr.loop).includes(name)
    ? spaceExprs(expr.loop.space).some((part) => mentions(part, name))
    : expr.kind === 'name' || expr.kind === 'named' || expr.kind === 'opaque'
      ? mentions(expr, name)
      : childExprs(expr).some((child) => readsName(child, name));

export function keyName(key: Expr): string {
  if (key.kind === 'attribute') return key.attribute;
  if (key.kind === 'subscript' && key.index.kind === 'string') {
    const word = key.index.text.replace(/\W+/g, '_').replace(/^_+|_+$/g, '');
    if (/^[A-Za-z]\w*$/.test(word)) return word;
  }
  return key.kind === 'name' ? key.name.toLowerCase() : 'key';
}
