/** Connections to a database and their cursors, told by where they are made or by what was seen in their names. */
import type { Expr, LoopFacts } from '../../types';
import { dottedName } from '../../syntax/python-loops';
import { eachStmt } from '../../syntax/python-walk';
import { fieldValues, homeOf, moduleCode, valuesGiven, type Code } from '../algorithm/code';
import type { Context } from '../refactor';
import type { Call } from '../task/calls';

/** `db.execute(INSERT, row)` */
export interface Statement {
  call: Call;
  handle: string;
  method: string;
  /** What it does in a transaction; null where that cannot be told, or where it does not belong into one. */
  sql: 'read' | 'write' | null;
}

/** A connection of sqlite3 in its usual mode, in which the first change begins a transaction. */
export function isConnection(place: string, facts: LoopFacts, code: Code, cx: Context): boolean {
  const made = madeAs(place, code, cx);
  if (made === null || made.length === 0) return facts.values[place]?.type === 'sqlite3.Connection';
  return made.every(({ value, file }) => connects(value, file, cx) || (value.kind === 'call' && cx.functionOf(value.callee, file) !== null && facts.values[place]?.type === 'sqlite3.Connection')); // prettier-ignore
}

function connects(value: Expr, file: string, cx: Context): boolean {
  if (value.kind !== 'call') return false;
  const path = cx.resolve(value.callee, file, value.span.start);
  const [inner] = value.args;
  if (path === 'contextlib.closing' && inner) return connects(inner, file, cx);
  return (
    path === 'sqlite3.connect' && value.args.length <= 2 && value.keywords.every(({ name }) => !/^(isolation_level|autocommit|factory|)$/.test(name))
  );
}

/** Every value that a name or field is given; null where one cannot be seen. */
function madeAs(place: string, code: Code, cx: Context): { value: Expr; file: string }[] | null {
  if (place.includes('.')) return fieldValues(place, code, cx)?.map(({ value, code: home }) => ({ value, file: home.file })) ?? null;
  const home = homeOf(place, code, cx);
  if (home === null || home.owner?.params.some(({ name }) => name === place) === true) return null;
  const opened = [...eachStmt(home.body)].flatMap((stmt) =>
    stmt.kind === 'with' ? stmt.items.flatMap(({ context, target }) => (target?.kind === 'name' && target.name === place ? [context] : [])) : [],
  );
  const values = valuesGiven(place, home);
  // A `with` counts among the values as one that is not plain to see.
  if (values.filter((value) => value === null).length !== opened.length) return null;
  return [...opened, ...values.flatMap((value) => value ?? [])].map((value) => ({ value, file: home.file }));
}

/** Names and fields that only ever hold cursors of the connection. */
export function cursorsOf(place: string, code: Code, cx: Context): string[] {
  const { owner, module, body } = code;
  const home = owner?.method === true ? owner.qualname.slice(0, owner.qualname.lastIndexOf('.') + 1) : null;
  const methods = home === null ? [] : module.functions.filter(({ method, qualname }) => method && qualname.startsWith(home));
  const names = new Set<string>();
  for (const stmt of eachStmt([...body, ...module.body, ...methods.flatMap((method) => method.body)])) {
    const [target, another] = stmt.kind === 'assign' ? stmt.targets : [];
    const name = target && !another ? dottedName(target) : null;
    if (name !== null && stmt.kind === 'assign' && isCursor(stmt.value, place)) names.add(name);
  }
  return [...names].filter((name) => {
    const given = name.includes('.') ? fieldValues(name, code, cx)?.map(({ value }) => value) : valuesGiven(name, homeOf(name, code, cx) ?? code);
    return given !== undefined && given.length > 0 && given.every((value) => value !== null && isCursor(value, place));
  });
}

const isCursor = (value: Expr, place: string): boolean =>
  value.kind === 'call' && [`${place}.cursor`, `${place}.execute`].includes(dottedName(value.callee) ?? '');

/** The statement's first word tells. Nested transactions, schemas and settings do not belong into a batch, and neither does what may take all of it back. */
export function sqlOf(call: Call, code: Code, cx: Context): Statement['sql'] {
  const [given] = call.args;
  const text = given ? textOf(given, code, cx) : null;
  if (text === null || /\bROLLBACK\b/i.test(text)) return null;
  const [, word = ''] = /^[rbf]*["']+\s*(\w+)/i.exec(text) ?? [];
  if (/^(insert|replace|update|delete)$/i.test(word)) return 'write';
  return /^select$/i.test(word) ? 'read' : null;
}

function textOf(given: Expr, code: Code, cx: Context): string | null {
  if (given.kind === 'string' || given.kind === 'format') return cx.slice(code.file, given.span);
  if (given.kind !== 'name') return null;
  const home = homeOf(given.name, code, cx) ?? moduleCode(code.file, cx);
  const [value, another] = valuesGiven(given.name, home);
  return value && another === undefined && value.kind === 'string' ? value.text : null;
}
