/** Updates of shared things that can be gathered first: sums, sums by key, lists and entries. */
import type { Expr, FunctionIR, Stmt } from '../../types';
import { dottedName } from '../../syntax/python-loops';
import { eachExpr } from '../../syntax/python-walk';

export interface Update {
  kind: 'number' | 'sums' | 'entries' | 'append' | 'store';
  /** What is shared, as the worker writes it: `counter` of `counter.value`. */
  place: string;
  /** Where the update itself names it. */
  places: Expr[];
  /** What a worker begins with. */
  empty: string;
  /** The same update of the worker's own; null where it cannot be written. */
  local: (name: string, text: (expr: Expr) => string) => string | null;
  /** What shares it at the end, from column 0. */
  shared: (own: { name: string; key: string; value: string; unit: string }) => string[];
}

/** null: it is no update, or its value depends on what is shared. */
export function updateOf(stmt: Stmt, fn: FunctionIR): Update | null {
  const found = stmt.kind === 'augment' ? added(stmt, fn) : stmt.kind === 'assign' ? stored(stmt) : appended(stmt);
  if (!found || isOwn(found.place, fn)) return null;
  const { place, places } = found;
  const mentions = [...exprsOf(stmt)].filter((expr) => dottedName(expr) === place);
  return mentions.every((expr) => places.includes(expr)) ? found : null;
}

function* exprsOf(stmt: Stmt): Generator<Expr> {
  if (stmt.kind === 'augment') yield* [...eachExpr(stmt.target), ...eachExpr(stmt.value)];
  if (stmt.kind === 'assign') for (const expr of [...stmt.targets, stmt.value]) yield* eachExpr(expr);
  if (stmt.kind === 'expression') yield* eachExpr(stmt.value);
}

/** A name that the worker gives a value itself is nobody else's. */
function isOwn(place: string, { body, params }: FunctionIR): boolean {
  const [base = ''] = place.split('.');
  if (params.some(({ name }) => name === base)) return false;
  const declared = body.some((stmt) => stmt.kind === 'scope' && stmt.names.includes(base));
  return !declared && body.some((stmt) => stmt.kind === 'assign' && stmt.targets.some((target) => target.kind === 'name' && target.name === base));
}

function added(stmt: Stmt & { kind: 'augment' }, { body }: FunctionIR): Update | null {
  const { target, value, op } = stmt;
  if (op !== '+') return null;
  const number = (place: string, places: Expr[], written: string): Update => ({
    kind: 'number',
    place,
    places,
    empty: '0',
    local: (name, text) => `${name} += ${text(value)}`,
    shared: ({ name }) => [`${written} += ${name}`],
  });
  if (target.kind === 'attribute') {
    const holder = dottedName(target.object);
    const whole = dottedName(target);
    if (holder === null || whole === null) return null;
    return target.attribute === 'value' && holder !== 'self' ? number(holder, [target.object], whole) : number(whole, [target], whole);
  }
  if (target.kind === 'name') {
    const shared = body.some((one) => one.kind === 'scope' && one.names.includes(target.name));
    return shared ? number(target.name, [target], target.name) : null;
  }
  const place = target.kind === 'subscript' && target.index.kind !== 'slice' ? dottedName(target.object) : null;
  if (place === null || target.kind !== 'subscript' || !isSimple(target.index)) return null;
  return {
    kind: 'sums',
    place,
    places: [target.object],
    empty: '{}',
    local: (name, text) => `${name}[${text(target.index)}] = ${name}.get(${text(target.index)}, 0) + ${operand(value, text)}`,
    shared: ({ name, key, value: sum, unit }) => [`for ${key}, ${sum} in ${name}.items():`, `${unit}${place}[${key}] += ${sum}`],
  };
}

/** `counts[key] = counts.get(key, 0) + n`, or a plain entry. */
function stored(stmt: Stmt & { kind: 'assign' }): Update | null {
  const [target, another] = stmt.targets;
  if (target?.kind !== 'subscript' || another || target.index.kind === 'slice') return null;
  const place = dottedName(target.object);
  if (place === null) return null;
  const { value } = stmt;
  const asked = value.kind === 'binary' && value.op === '+' ? value.left : null;
  if (asked?.kind === 'call' && value.kind === 'binary' && asked.callee.kind === 'attribute' && asked.callee.attribute === 'get') {
    const [key, zero, more] = asked.args;
    if (dottedName(asked.callee.object) !== place || !key || zero?.kind !== 'number' || Number(zero.text) !== 0 || more || !isSimple(target.index) || !alike(key, target.index)) return null; // prettier-ignore
    return {
      kind: 'entries',
      place,
      places: [target.object, asked.callee.object],
      empty: '{}',
      local: (name, text) => `${name}[${text(key)}] = ${name}.get(${text(key)}, ${text(zero)}) + ${text(value.right)}`,
      shared: ({ name, key: each, value: sum, unit }) => [
        `for ${each}, ${sum} in ${name}.items():`,
        `${unit}${place}[${each}] = ${place}.get(${each}, 0) + ${sum}`,
      ],
    };
  }
  return {
    kind: 'store',
    place,
    places: [target.object],
    empty: '{}',
    local: (name, text) => `${name}[${text(target.index)}] = ${text(value)}`,
    shared: ({ name }) => [`${place}.update(${name})`],
  };
}

function appended(stmt: Stmt): Update | null {
  const call = stmt.kind === 'expression' && stmt.value.kind === 'call' ? stmt.value : null;
  const [value, another] = call?.args ?? [];
  if (call?.callee.kind !== 'attribute' || call.callee.attribute !== 'append' || !value || another || call.keywords.length > 0) return null;
  const { object } = call.callee;
  const place = dottedName(object);
  if (place === null) return null;
  return {
    kind: 'append',
    place,
    places: [object],
    empty: '[]',
    local: (name, text) => `${name}.append(${text(value)})`,
    shared: ({ name }) => [`${place}.extend(${name})`],
  };
}

/** Cheap, and the same when it is evaluated again. */
const isSimple = (key: Expr): boolean => [...eachExpr(key)].every(({ kind }) => /^(name|number|string|constant|attribute|subscript|binary|collection)$/.test(kind)); // prettier-ignore

const operand = (value: Expr, text: (expr: Expr) => string): string =>
  /^(name|number|attribute|subscript|call)$/.test(value.kind) || (value.kind === 'binary' && /^[*/%@]|\*\*|\/\/$/.test(value.op)) ? text(value) : `(${text(value)})`; // prettier-ignore

function alike(a: Expr, b: Expr): boolean {
  const key = (expr: Expr): string => JSON.stringify(expr, (name, value: unknown) => (name === 'span' ? undefined : value));
  return key(a) === key(b);
}
