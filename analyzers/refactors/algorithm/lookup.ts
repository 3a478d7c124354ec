import type { Edit, Expr, LoopFacts, LoopIR, Stmt } from '../../types';
import { ok, refuse, type Outcome } from '../../platform/result';
import { dottedName } from '../../syntax/python-loops';
import { boundNames, eachExpr, eachStmt, nestedBlocks, stmtExprs } from '../../syntax/python-walk';
import { mentions, type Code } from './code';
import { derivedName, finish, isRepeatable, linesBefore, placeBefore, type EditMatch } from './edit';
import { placesOf, savingCost, searchLeft } from './cost';
import { LIST_CHANGES } from './roles';
import { staysDuring } from './stays';
import { hashing, typeOf } from './types';
import type { Context } from '../refactor';

/** `for item in items: if item.key == wanted:` inside the hot loop. */
export interface Scan {
  inner: LoopIR;
  /** What is walked over, as the text between `in` and the colon. */
  list: Expr;
  /** The list itself, where an index runs over it. */
  place: string;
  target: Expr;
  key: Expr;
  wanted: Expr;
  comprehension: boolean;
}

export const scansIn = ({ body, sink }: LoopIR): Scan[] => scansInBody(body, sink !== null);

export function scansInBody(body: readonly Stmt[], comprehension = false): Scan[] {
  const found: Scan[] = [];
  const inExpr = (expr: Expr): void => {
    for (const part of eachExpr(expr)) if (part.kind === 'loop') inLoop(part.loop, true);
  };
  const inLoop = (inner: LoopIR, comprehension: boolean): void => {
    const scan = scanOf(inner, comprehension);
    if (scan && !found.some((each) => each.inner === inner)) found.push(scan);
    inStmts(inner.body, comprehension);
  };
  const inStmts = (body: readonly Stmt[], comprehension: boolean): void => {
    for (const stmt of body) {
      if (stmt.kind === 'loop') inLoop(stmt.loop, comprehension);
      else {
        stmtExprs(stmt).forEach(inExpr);
        nestedBlocks(stmt).forEach((block) => inStmts(block, comprehension));
      }
    }
  };
  inStmts(body, comprehension);
  return found;
}

function scanOf(inner: LoopIR, comprehension: boolean): Scan | null {
  const { space, target } = inner;
  if (target === null || inner.async || space.kind !== 'sequence') return null;
  const place = dottedName(space.value);
  const bound = boundNames(target);
  if (place === null || !isPlainTarget(target)) return null;
  const [first, ...rest] = inner.body;
  if (first?.kind !== 'if') return null;
  // `if item.key != wanted: continue` leaves the same trips over.
  const skips = first.then.length === 1 && first.then[0]?.kind === 'continue' && first.otherwise.length === 0;
  if (!skips && (rest.length > 0 || first.otherwise.length > 0)) return null;
  const test = skips ? first.test : firstConjunct(first.test);
  if (test.kind !== 'compare' || test.rest.length !== 1 || test.rest[0]?.op !== (skips ? '!=' : '==')) return null;
  const sides = [test.first, test.rest[0].right];
  const [key, ...others] = sides.filter((side) => bound.some((name) => mentions(side, name)));
  const wanted = sides.find((side) => side !== key);
  if (!key || !wanted || others.length > 0 || !isRepeatable(key) || !isRepeatable(wanted)) return null;
  return { inner, list: space.value, place, target, key, wanted, comprehension };
}

const firstConjunct = (test: Expr): Expr => (test.kind === 'logical' && test.op === 'and' ? firstConjunct(test.left) : test);
const isPlainTarget = (target: Expr): boolean => target.kind === 'name' || (target.kind === 'collection' && target.items.every(isPlainTarget));

export function planIndex(
  { inner, list, place, target, key, wanted, comprehension }: Scan,
  facts: LoopFacts,
  code: Code,
  cx: Context,
): Outcome<EditMatch> {
  const { file } = code;
  const stays = staysDuring(place, facts, code, cx);
  if (stays.change ?? stays.appends[0]) {
    const why = stays.change?.why ?? `\`${place}\` grows inside the loop.`;
    return refuse('list-changes', why, 'Keep the index up to date yourself where you change the list.', stays.change?.span ?? list.span);
  }
  const type = typeOf(list, facts, code, cx);
  if (type !== null && type.type !== 'list' && type.type !== 'tuple') {
    return refuse(
      'no-list',
      `\`${place}\` is a ${type.type}; only a list or tuple can be walked again at no cost.`,
      'Make a list of it first.',
      list.span,
    );
  }
  const free = [...eachExpr(key)].flatMap((part) => (part.kind === 'name' && !boundNames(target).includes(part.name) ? [part.name] : []));
  const varies = free.find((name) => facts.writes.includes(name) || facts.indices.includes(name));
  if (varies !== undefined) {
    return refuse(
      'key-changes',
      `The key depends on \`${varies}\`, which changes from trip to trip.`,
      'Compare something of the item alone.',
      key.span,
    );
  }
  const rebound = [...eachExpr(wanted)].flatMap((part) => (part.kind === 'name' ? [part.name] : [])).find((name) => isRebound(name, inner.body));
  if (rebound !== undefined) {
    return refuse('key-changes', `\`${rebound}\`, which is looked for, gets another value inside the inner loop.`, 'Leave the inner loop with `break` right after that.', inner.span); // prettier-ignore
  }
  const bad =
    keyChange({ target, key, wanted }, facts) ??
    unhashableKey([typeOf(wanted, facts, code, cx)?.type, typeOf(key, facts, code, cx)?.type], key, code);
  if (bad !== null) return bad;
  const step = placeBefore(facts, code, cx);
  const leaks = comprehension ? leaking(target, code) : null;
  if (step === null || leaks !== null) {
    return refuse('no-place', leaks === null ? 'There is no line of its own before the loop where the index could be made.' : `\`${leaks}\` means something else around the comprehension, and making the index would overwrite it.`, 'Make the index yourself before the loop.', facts.ir.span); // prettier-ignore
  }
  const last = boundNames(target).find((name) => !comprehension && (facts.liveOut.includes(name) || readOutside(name, inner, facts.ir.body)));
  if (last !== undefined) {
    return refuse('last-item', `\`${last}\` is read after the inner loop, where it is the last item that was walked over.`, 'Give what you need a name of its own inside the `if`.', inner.span); // prettier-ignore
  }
  const name = derivedName(place, `by_${keyName(key)}`, cx, file);
  const item = cx.slice(file, target.span);
  const written = target.kind === 'collection' && !item.startsWith('(') ? `(${item})` : item;
  const unit = cx.indentUnit(file);
  const edits: Edit[] = [
    linesBefore(
      step,
      [
        `${name} = {}`,
        `for ${item} in ${cx.slice(file, list.span)}:`,
        `${unit}${name}.setdefault(${cx.slice(file, key.span)}, []).append(${written})`,
      ],
      cx,
      file,
    ),
    cx.edit(file, list.span, `${name}.get(${cx.slice(file, wanted.span)}, ())`),
  ];
  const assumptions = [`Keys of \`${place}\` can be hashed, and what is equal has equal hashes.`, ...stays.assumptions];
  const title = `Index \`${place}\` by \`${cx.slice(file, key.span)}\``;
  return ok(
    finish(facts, code, { title, edits, cost: savingCost(facts.hotspot, placesOf([inner], code), searchLeft(type?.length), cx), assumptions }),
  );
}

/** Why a key may change while the loop runs; null: it does not. */
export function keyChange({ target, key, wanted }: Pick<Scan, 'target' | 'key' | 'wanted'>, facts: LoopFacts): Outcome<never> | null {
  // Key and item may be given something else only where nothing of that field is stored.
  const fields = [key, wanted].flatMap((side) => [...eachExpr(side)]).flatMap((part) => (part.kind === 'attribute' ? [part.attribute] : []));
  const subscripted = [...eachExpr(key)].some((part) => part.kind === 'subscript');
  const stored = facts.stores.find(
    (store) =>
      (store.kind === 'attribute' && store.target.kind === 'attribute' && fields.includes(store.target.attribute)) ||
      (subscripted && store.kind === 'subscript' && mayHoldKey(store.target, target, key, facts)),
  );
  if (stored) {
    return refuse('key-changes', `The key may be changed in line ${stored.span.start.line + 1}, inside the loop.`, 'Change it after the loop, or keep the index up to date yourself.', stored.span); // prettier-ignore
  }
  const unknown = facts.calls.find(({ purity, changes, written, resolved }) => purity === 'unknown' || (purity === 'mutates' && changes === undefined && !(resolved === null && LIST_CHANGES.has(written.slice(written.lastIndexOf('.') + 1))))); // prettier-ignore
  if (unknown && key.kind !== 'name') {
    return refuse('key-changes', `\`${unknown.written}\` (line ${unknown.span.start.line + 1}) may change a key.`, 'Collect the items in the loop, and change them after it.', unknown.span); // prettier-ignore
  }
  return null;
}

export function unhashableKey(types: readonly (string | undefined)[], key: Expr, code: Code): Outcome<never> | null {
  const bad = types.find((each) => hashing(each, code) === 'no');
  return bad === undefined ? null : refuse('unhashable', `What is compared is a ${bad}, which cannot be a key.`, 'Compare something that identifies it: a number, a text or a tuple.', key.span); // prettier-ignore
}

/** Given another value in the inner loop, which then goes on with it. */
export function isRebound(name: string, body: readonly Stmt[]): boolean {
  return body.some((stmt, index) => {
    const targets = stmt.kind === 'assign' ? stmt.targets : stmt.kind === 'augment' ? [stmt.target] : stmt.kind === 'loop' && stmt.loop.target ? [stmt.loop.target] : []; // prettier-ignore
    const given = targets.some((target) => boundNames(target).includes(name)) || (stmt.kind === 'opaque' && stmt.writes.includes(name));
    const leaves = body.slice(index + 1).some(({ kind }) => kind === 'break' || kind === 'return');
    const named = stmtExprs(stmt).some((expr) => [...eachExpr(expr)].some((part) => part.kind === 'named' && part.name === name));
    return (given && !leaves) || named || nestedBlocks(stmt).some((block) => isRebound(name, block));
  });
}

/** A store into a subscript may hit the key's field: of the item itself, or of anything with a field that is written alike. */
function mayHoldKey(stored: Expr, target: Expr, key: Expr, facts: LoopFacts): boolean {
  if (stored.kind !== 'subscript') return false;
  const text = (expr: Expr): string => JSON.stringify(expr, (name, value: unknown) => (name === 'span' ? undefined : value));
  const constant = stored.index.kind === 'string' || stored.index.kind === 'number';
  const keys = [...eachExpr(key)].flatMap((part) => (part.kind === 'subscript' ? [part.index] : []));
  // Two constant fields are the same field only where they are written alike (or 0 and -3, of a list).
  if (constant && stored.index.kind === 'string') return keys.some((index) => index.kind !== 'string' || text(index) === text(stored.index));
  const root = dottedName(stored.object);
  return boundNames(target).includes(root ?? '') || root === null || facts.indices.includes(root);
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
      const direct = stmtExprs(stmt).some((expr) => mentions(expr, name));
      return direct || (stmt.kind === 'opaque' && stmt.reads.includes(name)) || nestedBlocks(stmt).some(walk);
    });
  return walk(body);
}

export function keyName(key: Expr): string {
  if (key.kind === 'attribute') return key.attribute;
  if (key.kind === 'subscript' && key.index.kind === 'string') {
    const word = key.index.text.replace(/\W+/g, '_').replace(/^_+|_+$/g, '');
    if (/^[A-Za-z]\w*$/.test(word)) return word;
  }
  return key.kind === 'name' ? key.name.toLowerCase() : 'key';
}
