import type { CallFact, Expr, FunctionIR, LoopFacts, Span } from '../../types';
import { lineOf } from '../../platform/span';
import { dottedName } from '../../syntax/python-loops';
import { definitionsThatUse, homeOf, inside, isParameter, rootOf, sameSpan, codeOfFunction, usesOf, valuesGiven, type Code, type Use } from './code';
import { LIST_CHANGES, LIST_LOOKS, LOOKING, roleOf, type Role } from './roles';
import type { Context } from '../refactor';

export interface Stays {
  /** Why the object may change while the loop runs; null: it does not, but for `appends`. */
  change: { why: string; span: Span } | null;
  /** Places of the loop that append to it or add to it. */
  appends: { use: Use; role: Role & { kind: 'method' } }[];
  /** What must hold besides, in plain words. */
  assumptions: string[];
}

/**
 * Does a container that a name or a field (`self.items`) holds stay the same one, with the same items, while the loop runs?
 * Follows what the loop does with it by name, what calls may do, and whether something that is changed may be the same object.
 */
export function staysDuring(place: string, facts: LoopFacts, code: Code, cx: Context): Stays {
  const root = rootOf(place);
  const field = place === root ? null : place.slice(place.lastIndexOf('.') + 1);
  const stays: Stays = { change: null, appends: [], assumptions: [] };
  const changed = (why: string, span: Span): Stays => ({ ...stays, change: { why, span } });
  const { here, hidden } = usesOf(place, code);
  const within = here.filter((use) => inside(use.expr.span, facts.ir.span));
  if (facts.writes.includes(root) || facts.indices.includes(root)) return changed(`\`${root}\` is given another value in the loop.`, facts.ir.span);
  if (hidden && inside(hidden, facts.ir.span)) return changed(`\`${place}\` is used in ${lineOf(hidden)} in a way that cannot be followed.`, hidden);
  for (const use of within) {
    const role = roleOf(use);
    const { span } = use.expr;
    if (role.kind === 'method' && (role.method === 'append' || role.method === 'add') && role.call.args.length === 1) {
      stays.appends.push({ use, role });
      continue;
    }
    const why = changeAt(role, place, facts, code, cx);
    if (why !== null) return changed(why, span);
  }
  const owned = isOwned(place, code, cx);
  const handsOver = facts.flow.find(({ kind }) => kind === 'yield' || kind === 'await');
  if (handsOver && !owned)
    return changed(`Other code runs in ${lineOf(handsOver.span)}, between two trips, and may change \`${place}\`.`, handsOver.span);
  for (const call of facts.calls) {
    const threat = threatOf(call, place, owned, facts, code, cx);
    if (threat === null) continue;
    if (threat.sure) return changed(threat.text, call.span);
    stays.assumptions.push(threat.text);
  }
  for (const store of facts.stores) {
    if (field !== null && store.kind === 'attribute' && store.target.kind === 'attribute' && store.target.attribute === field)
      return changed(`\`${dottedName(store.target) ?? field}\` is given another value in ${lineOf(store.span)}.`, store.span);
    const other = store.kind === 'subscript' && store.target.kind === 'subscript' ? store.target.object : null;
    if (other === null || owned) continue;
    const name = dottedName(other);
    if (name !== null && isCopy(name, place, code, cx))
      return changed(`\`${name}\` is the same object as \`${place}\`, and is changed in ${lineOf(store.span)}.`, store.span);
    if (name !== place && mayBeSame(name, other, place, facts, code, cx))
      stays.assumptions.push(`\`${name ?? 'what is changed in the loop'}\` and \`${place}\` are different objects.`);
  }
  stays.assumptions = [...new Set(stays.assumptions)];
  return stays;
}

/** What a use does to the object where it may change it; null where it only looks. */
function changeAt(role: Role, place: string, facts: LoopFacts, code: Code, cx: Context): string | null {
  const at = (span: Span): string => `\`${place}\` is changed in ${lineOf(span)}, inside the loop.`;
  switch (role.kind) {
    case 'method':
      if (LIST_LOOKS.has(role.method)) return null;
      if (LIST_CHANGES.has(role.method)) return at(role.call.span);
      return looksOnly(role.call, facts) ? null : `\`${place}.${role.method}\` (${lineOf(role.call.span)}) may change it.`;
    case 'argument':
      return looksOnly(role.call, facts) ||
        LOOKING.has(cx.resolve(role.call.callee, facts.file, role.call.span.start) ?? '') ||
        keepsNothing(role, cx, code)
        ? null
        : `\`${place}\` is given to a call in ${lineOf(role.call.span)} that may change it.`;
    case 'subscript':
      return role.store ? at(role.subscript.span) : null;
    case 'assigned':
    case 'augmented':
      return at(role.stmt.span);
    case 'value':
      return `\`${place}\` is handed on inside the loop, and may be changed under another name.`;
    default:
      return null;
  }
}

const factOf = (call: Expr, facts: LoopFacts): CallFact | undefined => facts.calls.find((one) => sameSpan(one.span, call.span));
function looksOnly(call: Expr, facts: LoopFacts): boolean {
  const purity = factOf(call, facts)?.purity;
  return purity === 'pure' || purity === 'reads' || purity === 'rng' || purity === 'io';
}

/** The object is made here and handed to nobody: only the places that name it can change it. */
export function isOwned(place: string, code: Code, cx: Context): boolean {
  if (place.includes('.') || isParameter(place, code)) return false;
  const home = homeOf(place, code, cx);
  if (home === null || home.module.globals.includes(place)) return false;
  const given = valuesGiven(place, home);
  if (given.length === 0 || !given.every((value) => value !== null && isNew(value, home, cx))) return false;
  const others = definitionsThatUse(place, home).map((scope) => home.module.functions.find((fn) => sameSpan(fn.span, scope.span)));
  const codes = [home, ...others.map((fn) => fn && codeOfFunction(fn, cx))];
  return codes.every((each, index) => {
    if (each === undefined) return false;
    const { here, hidden } = usesOf(place, each);
    if (hidden !== null && index > 0) return false;
    if (hidden !== null && definitionsThatUse(place, home).length === 0) return false;
    return here.every((use) => {
      const role = roleOf(use);
      if (role.kind === 'value') return false;
      if (role.kind === 'argument')
        return LOOKING.has(cx.resolve(role.call.callee, each.file, role.call.span.start) ?? '') || keepsNothing(role, cx, each);
      if (index === 0) return true;
      return changeFree(role);
    });
  });
}

export const changeFree = (role: Role): boolean =>
  !(
    (role.kind === 'method' && !LIST_LOOKS.has(role.method)) ||
    (role.kind === 'subscript' && role.store) ||
    role.kind === 'assigned' ||
    role.kind === 'augmented' ||
    role.kind === 'returned'
  );

/** The user's own function that only looks at the parameter which the object arrives in. */
export function keepsNothing(role: Role & { kind: 'argument' }, cx: Context, code: Code): boolean {
  const given = parameterOf(role.call, role.index, code, cx);
  if (given === null) return false;
  const { fn, param } = given;
  const inner = codeOfFunction(fn, cx);
  const { here, hidden } = usesOf(param.name, inner);
  return (
    hidden === null &&
    here.every((use) => {
      const inside = roleOf(use);
      if (inside.kind === 'argument') return LOOKING.has(cx.resolve(inside.call.callee, inner.file, inside.call.span.start) ?? '');
      return inside.kind !== 'value' && changeFree(inside);
    })
  );
}

/** The user's own function that is called, and its parameter that takes an argument; null where that is not plain. An index of -1 is a keyword's. */
export function parameterOf(
  call: Expr & { kind: 'call' },
  index: number,
  code: Code,
  cx: Context,
): { fn: FunctionIR; param: FunctionIR['params'][number] } | null {
  const fn = cx.functionOf(call.callee, code.file);
  if (fn === null || fn.decorators.length > 0 || index < 0 || call.args.slice(0, index + 1).some(({ kind }) => kind === 'spread')) return null;
  const param = fn.params[index + (fn.method ? 1 : 0)];
  return param?.kind === 'plain' ? { fn, param } : null;
}

/** Made on the spot, so that nobody else holds it. */
export function isNew(value: Expr, code: Code, cx: Context): boolean {
  switch (value.kind) {
    case 'collection':
    case 'dict':
    case 'loop':
    case 'string':
    case 'format':
    case 'number':
    case 'constant':
      return true;
    case 'binary':
      return isNew(value.left, code, cx) || isNew(value.right, code, cx);
    case 'conditional':
      return isNew(value.then, code, cx) && isNew(value.otherwise, code, cx);
    case 'subscript':
      return value.index.kind === 'slice';
    case 'call': {
      const path = cx.resolve(value.callee, code.file, value.span.start);
      if (path !== null) return /^(builtins\.(list|dict|set|frozenset|tuple|sorted|bytearray|range|map|filter|zip|reversed|str|int|float|open)|collections\.\w+|copy\.(copy|deepcopy)|heapq\.n\w+|random\.(sample|choices)|json\.loads?|os\.listdir|glob\.glob|itertools\.\w+|re\.(findall|split))$/.test(path); // prettier-ignore
      return value.callee.kind === 'attribute' && /^(split|rsplit|splitlines|readlines|copy|tolist|findall|most_common|keys|values|items|strip|lower|upper|read|read_text)$/.test(value.callee.attribute); // prettier-ignore
    }
    default:
      return false;
  }
}

/** May a call that is not made on the object itself change it all the same? */
function threatOf(call: CallFact, place: string, owned: boolean, facts: LoopFacts, code: Code, cx: Context): { sure: boolean; text: string } | null {
  if (call.purity !== 'mutates' && call.purity !== 'unknown') return null;
  const at = call.written.lastIndexOf('.');
  const object = at > 0 ? call.written.slice(0, at) : null;
  const method = call.written.slice(at + 1);
  if (object === place) return null;
  if (owned) return null;
  const plain = call.resolved === null && object !== null && LIST_CHANGES.has(method) && /^[\w.]+$/.test(object);
  if (plain) {
    const expr: Expr = { kind: 'name', name: object, span: call.span };
    if (isCopy(object, place, code, cx))
      return { sure: true, text: `\`${object}\` is the same object as \`${place}\`, and is changed in ${lineOf(call.span)}.` };
    return mayBeSame(object, expr, place, facts, code, cx) ? { sure: false, text: `\`${object}\` and \`${place}\` are different objects.` } : null;
  }
  if (call.changes !== undefined) return null;
  if (isConstantList(place, code, cx)) return null;
  const changer = place.includes('.') ? null : changerOf(place, code, cx);
  if (changer !== null)
    return { sure: true, text: `\`${changer}\` changes \`${place}\`, and \`${call.written}\` (${lineOf(call.span)}) may call it.` };
  // A list that came from outside may be within reach of whatever is called.
  const sure = place.includes('.');
  return { sure, text: `\`${call.written}\` (${lineOf(call.span)}) ${sure ? 'may change' : 'does not change'} \`${place}\`.` };
}

/** A function of the file that changes the same variable from inside. */
function changerOf(place: string, code: Code, cx: Context): string | null {
  const home = homeOf(place, code, cx);
  if (home === null) return null;
  for (const scope of definitionsThatUse(place, home)) {
    const fn = home.module.functions.find((one) => sameSpan(one.span, scope.span));
    if (!fn) continue;
    if (scope.globals.has(place) || scope.nonlocals.has(place)) return fn.name;
    if (usesOf(place, codeOfFunction(fn, cx)).here.some((use) => !changeFree(roleOf(use)) && roleOf(use).kind !== 'returned')) return fn.name;
  }
  return null;
}

/** A variable of the module that the whole file only looks at. */
function isConstantList(place: string, code: Code, cx: Context): boolean {
  return code.owner !== null && !place.includes('.') && homeOf(place, code, cx)?.owner === null && isOwned(place, code, cx);
}

function mayBeSame(name: string | null, expr: Expr, place: string, facts: LoopFacts, code: Code, cx: Context): boolean {
  if (name === null) return true;
  const types = [facts.values[name]?.type, facts.values[place]?.type];
  if (types[0] !== undefined && types[1] !== undefined && types[0] !== types[1]) return false;
  if (name.includes('.')) return name.slice(name.lastIndexOf('.')) === place.slice(place.lastIndexOf('.')) || !place.includes('.');
  if (isParameter(name, code)) return true;
  const home = homeOf(name, code, cx);
  if (home === null) return true;
  const given = valuesGiven(name, home);
  if (given.length === 0 || !given.every((value) => value !== null && isNew(value, home, cx))) return true;
  // Made here: the other can be the same object only where it was given it by name.
  const copies = valuesGiven(rootOf(place), homeOf(rootOf(place), code, cx) ?? code);
  return copies.some((value) => value !== null && value.kind !== 'collection' && value.kind !== 'call' && holdsBare(value, name));
}

/** `ys = xs`, or the other way round: two names of one object. */
function isCopy(name: string, place: string, code: Code, cx: Context): boolean {
  const gives = (target: string, source: string): boolean => {
    const home = homeOf(target, code, cx);
    return home !== null && valuesGiven(target, home).some((value) => value !== null && dottedName(value) === source);
  };
  return name !== place && (gives(name, place) || gives(place, name));
}

function holdsBare(value: Expr, name: string): boolean {
  switch (value.kind) {
    case 'name':
      return value.name === name;
    case 'conditional':
      return holdsBare(value.then, name) || holdsBare(value.otherwise, name);
    case 'logical':
      return holdsBare(value.left, name) || holdsBare(value.right, name);
    case 'subscript':
    case 'attribute':
      return true;
    default:
      return false;
  }
}
